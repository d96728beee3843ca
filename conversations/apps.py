from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"

    def ready(self) -> None:
        """Let no setting be stored that its reader couldn't work with, and have watchers hear at
        once when everything is paused."""
        from audit import configuration
        from conversations import living, rules  # noqa: F401 - they declare their settings
        from conversations.discord import outbound_rules
        from conversations.discord.rules import SECTION, InboundRules
        from conversations.live import publish_society

        configuration.register_check(SECTION, InboundRules.from_configuration)
        configuration.register_check(
            outbound_rules.SECTION, outbound_rules.OutboundRules.from_configuration
        )
        configuration.register_listener("society", publish_society)
