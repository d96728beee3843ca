from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"

    def ready(self) -> None:
        """Have watchers hear at once when everything is paused."""
        from audit.configuration import configuration
        from conversations.discord import outbound_rules, rules  # noqa: F401 - they declare theirs
        from conversations.tank.live import publish_society

        configuration.register_listener("society", publish_society)
