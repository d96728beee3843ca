from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        """Have edits, sign-ins and measurements recorded, troubles looked for, and roles made."""
        from audit.configuration import budgeting
        from audit.operation import metrics, troubles
        from audit.security import roles, signins
        from audit.trail import tracking

        budgeting.listen()
        tracking.track()
        signins.listen()
        roles.keep_up_to_date()
        metrics.watch_requests()
        troubles.register()
