from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"

    def ready(self) -> None:
        """Have watchers hear at once when everything is paused, rules look at what characters write
        by themselves, and keepers told where the bot can't read."""
        from audit.configuration import configuration
        from audit.operation import alerts
        from conversations.discord import outbound_rules, rules  # noqa: F401 - they declare theirs
        from conversations.discord.unread import unread_channels, wrong_clock
        from conversations.moderation.moderation import objection_to_page
        from conversations.tank import tank_rules  # noqa: F401
        from conversations.tank.live import publish_society
        from memories import screening

        configuration.register_listener("society", publish_society)
        screening.register(objection_to_page)
        alerts.register("discord history", "warning", unread_channels)
        alerts.register("clock", "warning", wrong_clock)
