"""Reading the audit. Whoever shows it asks for the right `audit.read` first."""

from datetime import datetime

from django.db.models import QuerySet

from wutong.base.audit.models import AuditEvent


def events(
    *,
    actor_id: int | None = None,
    chain_name: str = "",
    action: str = "",
    outcome: str = "",
    target_kind: str = "",
    target_id: object = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditEvent]:
    """Events, newest first, with their actors. `since` is included, `until` is not; empty means any.

    `chain_name` selects the events of the system ("system") or of visitors ("anonymous").
    """
    exact = {
        "actor_id": actor_id,
        "chain__account_name": chain_name,
        "action": action,
        "outcome": outcome,
        "target_kind": target_kind,
        "target_id": str(target_id),
        "recorded_at__gte": since,
        "recorded_at__lt": until,
    }
    chosen = {name: value for name, value in exact.items() if value not in (None, "")}
    return AuditEvent.objects.filter(**chosen).select_related("actor").order_by("-recorded_at", "-pk")
