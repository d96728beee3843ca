from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        """Have measurements stored between requests, and the house's own troubles looked for."""
        from audit import metrics, troubles

        metrics.watch_requests()
        troubles.register()
