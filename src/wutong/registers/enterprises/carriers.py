"""What hangs on a firm and how it goes along when two entries turn out to be one.

Every foreign key to Enterprise has a carrier; a test of the whole house finds the one that was forgotten. Registers
above this one, ledgers and the engine declare theirs when they are ready.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.apps import apps
from django.db import models

from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.models import RegisterEntry
from wutong.registers.history.services import Fact, record_many
from wutong.registers.organisation.actors import Actor


@dataclass(frozen=True)
class Move:
    """Rows of one column go to `target`; `reason` says which merge. `is_back`: a merge is taken back."""

    target: Enterprise
    actor: Actor
    on: date
    now: datetime
    reason: str
    is_back: bool = False


Carry = Callable[[Sequence[int], Move], None]
"""Moves the rows with these keys, through the writer that they have."""
STAYS: Carry = lambda keys, move: None  # noqa: E731
"""For rows that are about the double itself and stay with it."""

_carriers: dict[tuple[str, str], Carry] = {}


def declare_carrier(model: str, column: str, carry: Carry | None = None) -> None:
    """`model` is `app.Model`, `column` its foreign key to Enterprise. Without `carry` the rows are register entries
    and are moved by `record_many`. Safe to repeat."""
    _carriers[model.lower(), column] = carry or _register_carrier(model, column)


def _register_carrier(model: str, column: str) -> Carry:
    def carry(keys: Sequence[int], move: Move) -> None:
        kind = apps.get_model(model)
        assert issubclass(kind, RegisterEntry), f"{model} needs a carrier of its own"
        entries = kind._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")
        facts = [Fact(entry, {column: move.target}) for entry in entries]
        verb = "unmerge" if move.is_back else "merge"
        record_many(
            facts, actor=move.actor.account, effective_on=move.on, now=move.now, verb=verb, reason=move.reason
        )

    return carry


def carriers() -> dict[tuple[str, str], Carry]:
    """By lower-case label of the model and column; in the order of their declaration."""
    return dict(_carriers)


def columns_without_carrier() -> list[str]:
    """Foreign keys to Enterprise that nobody would move."""
    return [
        f"{relation.related_model._meta.label_lower}.{relation.field.name}"
        for relation in Enterprise._meta.related_objects
        if isinstance(relation.field, models.ForeignKey)
        and (relation.related_model._meta.label_lower, relation.field.name) not in _carriers
    ]


def declare_own() -> None:
    declare_carrier("enterprises.FormerName", "enterprise")
    declare_carrier("enterprises.EnterpriseTag", "enterprise")
    declare_carrier("enterprises.YearReport", "enterprise")
    declare_carrier("enterprises.Enterprise", "parent")
    declare_carrier("enterprises.Enterprise", "merged_into")
    declare_carrier("enterprises.EnterpriseKey", "enterprise", STAYS)
    declare_carrier("enterprises.Distinct", "first", STAYS)
    declare_carrier("enterprises.Distinct", "second", STAYS)
    declare_carrier("enterprises.Merge", "kept", STAYS)
    declare_carrier("enterprises.Merge", "double", STAYS)
