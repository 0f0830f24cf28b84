"""Which tables and columns belong to a backup, in an order in which they can be loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from graphlib import TopologicalSorter

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from wutong.base.backup.format import kind_of

left_out: dict[str, str] = {
    "django_session": "登录会话：恢复后须重新登录",
}
"""Tables that no backup holds, and why. A package whose table follows from others adds it here."""

after_load: list[Callable[[BaseDatabaseWrapper], None]] = []
"""Called inside the transaction of a restore, when all rows are there: a package rebuilds what follows from them,
for example an index of full texts. Appended by the `ready()` of its app."""


@dataclass(frozen=True)
class Table:
    """A table, its columns with their kinds, and the column that orders it."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: str

    @property
    def column_names(self) -> list[str]:
        return [name for name, _kind in self.columns]

    @property
    def kinds(self) -> list[str]:
        return [kind for _name, kind in self.columns]

    @property
    def key_kind(self) -> str:
        return dict(self.columns)[self.key]


def backed_up_models() -> list[type[models.Model]]:
    """Models with a table of their own, the automatic ones between two models included."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in left_out
    ]
    return [*found, MigrationRecorder.Migration]


def tables() -> list[Table]:
    """What others point to comes first, because foreign keys are immediate. Raises CycleError when two tables
    point to each other."""
    chosen = {model._meta.db_table: model for model in backed_up_models()}
    pointed_to = {
        name: {
            field.remote_field.model._meta.db_table
            for field in model._meta.local_fields
            if isinstance(field, models.ForeignKey)
        }
        & (chosen.keys() - {name})
        for name, model in sorted(chosen.items())
    }
    return [table_of(chosen[name]) for name in TopologicalSorter(pointed_to).static_order()]


def table_of(model: type[models.Model]) -> Table:
    """Columns that the database computes by itself are left out: they come back with the others."""
    columns = tuple(
        (str(field.column), kind_of(field))
        for field in model._meta.local_concrete_fields
        if not getattr(field, "generated", False)
    )
    return Table(model._meta.db_table, columns, str(model._meta.pk.column))
