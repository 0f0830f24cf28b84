"""The one writer of register entries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Conflict
from wutong.base.personal.digests import personal_digest
from wutong.base.personal.fields import EncryptedTextField
from wutong.base.rewriting import rewrite
from wutong.base.search.services import refresh
from wutong.registers.history.models import RegisterChange, RegisterEntry

E = TypeVar("E", bound=RegisterEntry)


@dataclass(frozen=True)
class Fact:
    """What one entry becomes: field names and values."""

    entry: RegisterEntry
    facts: Mapping[str, Any]


def record(
    entry: E,
    facts: Mapping[str, Any],
    *,
    actor: Account | None,
    effective_on: date,
    now: datetime,
    verb: str = "record",
    reason: str = "",
    expected_seq: int | None = None,
) -> E:
    """Write facts of one entry (new when it has no key yet) together with their change.

    Raises Conflict when `expected_seq` is given and somebody changed the entry since.
    """
    with transaction.atomic():
        if entry.pk is not None:
            current = type(entry)._default_manager.select_for_update().get(pk=entry.pk)
            _copy_head(current, entry)
            if expected_seq is not None and current.last_seq != expected_seq:
                raise Conflict(_("这条登记刚被别人改过，请刷新后再改。"))
        record_many(
            [Fact(entry, facts)], actor=actor, effective_on=effective_on, now=now, verb=verb, reason=reason
        )
    return entry


def record_many(
    changes: Sequence[Fact],
    *,
    actor: Account | None,
    effective_on: date,
    now: datetime,
    verb: str = "record",
    reason: str = "",
) -> None:
    """The same for many entries of one kind, set by set. Entries must be locked by the caller or be new."""
    if not changes:
        return
    model = type(changes[0].entry)
    with transaction.atomic():
        for change in changes:
            for name, value in change.facts.items():
                setattr(change.entry, name, value)
        new = [change.entry for change in changes if change.entry.pk is None]
        known = [change for change in changes if change.entry.pk is not None]
        model._default_manager.bulk_create(new, batch_size=500)
        rows = []
        for change in changes:
            row = RegisterChange(
                entry_kind=model.entry_kind,
                entry_id=change.entry.pk,
                effective_on=effective_on,
                actor=actor,
                verb=verb,
                reason=reason,
                snapshot=snapshot_of(change.entry, change.facts),
            )
            head = row.seal(after=change.entry.head(), now=now)
            change.entry.set_head(head, change.entry.chain_name())
            rows.append(row)
        RegisterChange.objects.bulk_create(rows, batch_size=500)
        # What is new stands there already, apart from the head, which needs the key.
        rewrite(model, new, HEAD)
        rewrite(
            model, [change.entry for change in known], HEAD.union(*(_columns(change) for change in known))
        )
        refresh(model.entry_kind, [change.entry.pk for change in changes])


HEAD = frozenset({"last_seq", "head_hash", "head_mac"})


def _columns(change: Fact) -> frozenset[str]:
    """Field names as bulk_update wants them: `investor` for the fact `investor_id`."""
    meta = type(change.entry)._meta
    return frozenset(meta.get_field(name).name for name in change.facts)


def _copy_head(source: RegisterEntry, target: RegisterEntry) -> None:
    target.last_seq, target.head_hash, target.head_mac = source.last_seq, source.head_hash, source.head_mac


def snapshot_of(entry: RegisterEntry | models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Values after the change. A personal value is never in it: only its keyed digest."""
    return {name: snapshot_value(entry, name) for name in names}


def snapshot_value(row: models.Model, name: str) -> Any:
    field = row._meta.get_field(name)
    value = getattr(row, field.attname if isinstance(field, models.ForeignKey) else name)
    if isinstance(field, EncryptedTextField):
        return {"digest": personal_digest(field.column_label, value) if value else ""}
    if name in getattr(row, "digested", ()):
        return {"digest": personal_digest(f"{row._meta.label_lower}.{name}", value) if value else ""}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(field, models.DecimalField) and value is not None:
        # As the database gives it back: with all its places.
        return str(Decimal(value).quantize(Decimal(1).scaleb(-field.decimal_places)))
    return value
