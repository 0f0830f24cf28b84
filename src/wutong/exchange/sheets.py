"""What a ledger's sheet looks like, declared once: import, blank template and round trip stand on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.functional import Promise

from wutong.base.money import YUAN_PER_UNIT

Text = str | Promise
Kind = Literal["text", "money", "date", "integer", "decimal", "choice", "boolean"]


@dataclass(frozen=True)
class SheetColumn:
    """One column. `synonyms` are other headings of real ledgers; with `group` they may be written under one.

    `unit`: for money the unit of a bare number where neither the heading nor the table names one (亿元, 万元,
    元; empty: the heading must say it); for other numbers the only unit accepted (亩). Money is read as integer
    yuan. `choices` maps the label in the workbook to a code. `ignored_reason`: a column we know and do not
    import, because the system computes it. `month_as`: which day “2023年11月” stands for; empty refuses it.
    `multiline` keeps line breaks of a text. `personal`: values never stand in reports. `missing_marker` is a number
    that the files write for "not known": it is read as an empty cell. `note` says to the user what else there is to
    know about the column.
    """

    key: str
    label: Text
    kind: Kind = "text"
    unit: str = ""
    synonyms: tuple[str, ...] = ()
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    ignored_reason: Text = ""
    max_length: int = 200
    multiline: bool = False
    month_as: Literal["", "first_day", "last_day"] = ""
    negative_allowed: bool = False
    decimal_places: int | None = None
    personal: bool = False
    missing_marker: int | None = None
    note: Text = ""

    def __post_init__(self) -> None:
        if self.kind == "money" and self.unit and self.unit not in YUAN_PER_UNIT:
            raise ValueError(f"{self.key}: money has no unit {self.unit}")
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"{self.key}: choices belong to the kind choice, and to no other")

    @property
    def is_imported(self) -> bool:
        return not self.ignored_reason


@dataclass(frozen=True)
class Sheet:
    """A table that can be imported. Two rows with the same values of `key_columns` are the same thing."""

    code: str
    name: Text
    columns: tuple[SheetColumn, ...]
    key_columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError(f"{self.code}: a column is declared twice")
        synonyms = [synonym for column in self.columns for synonym in column.synonyms]
        if len(set(synonyms)) != len(synonyms):
            raise ValueError(f"{self.code}: two columns share a synonym")
        if not set(self.key_columns) <= {column.key for column in self.columns if column.is_imported}:
            raise ValueError(f"{self.code}: key_columns must be imported columns")

    def column(self, key: str) -> SheetColumn:
        return next(column for column in self.columns if column.key == key)

    @property
    def required(self) -> tuple[SheetColumn, ...]:
        return tuple(column for column in self.columns if column.required)
