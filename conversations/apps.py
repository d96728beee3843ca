from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"

    def ready(self) -> None:
        """Let no setting of the director be stored that it couldn't work with, and have watchers
        hear at once when everything is paused."""
        from audit import configuration
        from conversations.live import publish_society
        from conversations.pace import Rules

        configuration.register_check("director", Rules.from_configuration)
        configuration.register_listener("society", publish_society)
