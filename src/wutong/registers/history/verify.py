"""Checks every chain of every register."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.apps import apps

from wutong.base.chain.rows import Fault, faults_of_chain
from wutong.registers.history.models import RegisterChange, RegisterEntry
from wutong.registers.history.services import snapshot_value


def register_models() -> list[type[RegisterEntry]]:
    return [model for model in apps.get_models() if issubclass(model, RegisterEntry)]


def chain_count() -> int:
    return sum(model._default_manager.count() for model in register_models())


def faults() -> Iterator[Fault]:
    for model in register_models():
        yield from _faults_of(model)


def _faults_of(model: type[RegisterEntry]) -> Iterator[Fault]:
    changes = RegisterChange.objects.filter(entry_kind=model.entry_kind).order_by("entry_id", "seq")
    grouped = groupby(changes.iterator(2000), key=attrgetter("entry_id"))
    pending: tuple[int, Iterable[RegisterChange]] | None = next(grouped, None)
    for entry in model._default_manager.order_by("pk").iterator(500):
        while pending is not None and pending[0] < entry.pk:
            yield Fault(f"{model.entry_kind}:{pending[0]}", 0, "登记条目被移除，变更还在")
            pending = next(grouped, None)
        if pending is not None and pending[0] == entry.pk:
            rows = list(pending[1])
            pending = next(grouped, None)
        else:
            rows = []
        yield from faults_of_chain(entry.chain_name(), rows, entry)
        yield from _field_faults(entry, rows)
    while pending is not None:
        yield Fault(f"{model.entry_kind}:{pending[0]}", 0, "登记条目被移除，变更还在")
        pending = next(grouped, None)


def _field_faults(entry: RegisterEntry, rows: list[RegisterChange]) -> Iterator[Fault]:
    """A fact that differs from the last change that wrote it was edited past the writer."""
    last: dict[str, Any] = {}
    for row in rows:
        last |= row.snapshot
    for name, value in last.items():
        if snapshot_value(entry, name) != value:
            label = entry._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            yield Fault(entry.chain_name(), entry.last_seq, f"“{label}”与最后一次登记不符")
