from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"

    def ready(self) -> None:
        """Have watchers hear at once when everything is paused, and rules look at what characters
        write by themselves."""
        from audit.configuration import configuration
        from conversations.discord import outbound_rules, rules  # noqa: F401 - they declare theirs
        from conversations.moderation.moderation import objection_to_page
        from conversations.tank.live import publish_society
        from memories import screening

        configuration.register_listener("society", publish_society)
        screening.register(objection_to_page)
