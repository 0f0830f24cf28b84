"""The column chooser: which optional columns of a ledger are shown.

Its form sends `cols` once per ticked column and one empty `cols`, so that "none" differs from "never asked".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from wutong.ui.links import kept_parameters
from wutong.ui.tables import Column, Table, Text


def chosen_columns(columns: Sequence[Column], requested: Sequence[str]) -> list[Column]:
    """The columns to draw, in their declared order.

    Fixed columns always stay. Nothing requested shows every column; names of columns that do not exist (an old
    saved view) are passed over.
    """
    if not requested:
        return list(columns)
    wanted = set(requested)
    return [column for column in columns if not column.optional or column.key in wanted]


@dataclass(frozen=True)
class ColumnChoice:
    key: str
    label: Text
    group: Text
    checked: bool


@dataclass(frozen=True)
class ColumnChooser:
    """`shown` of `total` columns, one tick per optional column, and the parameters that the form must keep."""

    choices: tuple[ColumnChoice, ...]
    shown: int
    total: int
    kept: tuple[tuple[str, str], ...]


def column_chooser(columns: Sequence[Column], table: Table) -> ColumnChooser | None:
    """The chooser beside `table`, or None when no column is optional."""
    shown = {column.key for column in table.columns}
    choices = tuple(
        ColumnChoice(column.key, column.label, column.group, column.key in shown)
        for column in columns
        if column.optional
    )
    if not choices:
        return None
    return ColumnChooser(
        choices, len(table.columns), len(columns), tuple(kept_parameters(table, without=("cols", "page")))
    )
