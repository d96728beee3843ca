from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"

    def ready(self) -> None:
        """Let no setting of the director be stored that it couldn't work with."""
        from audit import configuration
        from conversations.pace import Rules

        configuration.register_check("director", Rules.from_configuration)
