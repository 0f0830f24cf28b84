"""The catalogue of time limits: what laws, rules and practice set, as data with its source.

A ledger takes a clock by its code and day (`clock_of`); what an office has to set itself is marked as not confirmed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from wutong.cases.clocks.declared import (
    UNITS,
    ClockDef,
    Extension,
    Rung,
    Suspension,
)
from wutong.cases.clocks.scales import Counting, Point

SEED = Path(__file__).parent / "seeds" / "catalogue.yaml"
EXCLUDED = (
    ("hearing", "听证"), ("tender", "招标"), ("auction", "拍卖"), ("inspection", "检验"), ("test", "检测"),
    ("quarantine", "检疫"), ("appraisal", "鉴定"), ("expert_review", "专家评审"),
)  # fmt: skip
EXCLUDED_ARTICLE = "行政许可法第四十五条"
SUSPENSION_NOTICE = "suspension_notice"
"""Kind of evidence that proves the written notice; a procedure with such a clock has this kind."""


@dataclass(frozen=True)
class Duty:
    """A number that is no period: a share of people or cases. `strict`: more than it, not just as much."""

    code: str
    label: str
    article: str
    number: Fraction
    words: str
    strict: bool = False
    confirmed: bool = True

    def is_met(self, count: int, of: int) -> bool:
        """Whether `count` of `of` are enough; exact, without rounding."""
        if of <= 0:
            return False
        share = Fraction(count, of)
        return share > self.number if self.strict else share >= self.number


@dataclass(frozen=True)
class Limit:
    """One time limit while it is in force. `effect` is what follows from its expiry by itself, `duty` what goes with it."""

    code: str
    label: str
    basis: Literal["statutory", "promised", "internal"]
    article: str
    unit: str
    budget: int | None
    anchor: str
    rolls: bool = True
    direction: Literal["after", "before"] = "after"
    extensions: tuple[Extension, ...] = ()
    approvers: tuple[str, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    rungs: tuple[Rung, ...] = ()
    effect: str = ""
    effect_words: str = ""
    effect_of_practice: str = ""
    duty: str = ""
    next: str = ""
    confirmed: bool = True
    valid_from: date = date.min
    valid_to: date = date.max

    def clock(self, code: str = "", *, on_expiry: str = "") -> ClockDef:
        """The limit as a clock of a procedure. Only a statutory one may let a verb follow from its expiry."""
        if on_expiry and not self.effect:
            raise ValueError(f"{self.code}: its source lets nothing follow from the expiry")
        return ClockDef(
            code or self.code.replace(".", "_"),
            self.label,
            self.basis,
            self.article,
            self.unit,  # type: ignore[arg-type]
            self.budget,
            rolls=self.rolls,
            suspensions=self.suspensions,
            extensions=self.extensions,
            rungs=self.rungs,
            on_expiry=on_expiry,
        )

    def last_day_before(self, counting: Counting, anchor: Point) -> Point:
        """The last day on which something may still be done, for limits that count back from their anchor."""
        if self.direction != "before" or self.budget is None:
            raise ValueError(f"{self.code} does not count back")
        return counting.shift(self.unit, anchor, -self.budget)


KEYS = {
    "label", "basis", "article", "unit", "budget", "anchor", "rolls", "direction", "extensions", "suspensions",
    "rungs", "effect", "effect_words", "effect_of_practice", "duty", "next", "confirmed", "valid_from", "valid_to",
}  # fmt: skip
DUTY_KEYS = {"kind", "label", "article", "number", "words", "strict", "confirmed"}


def _read(code: str, row: Mapping[str, Any]) -> Limit | Duty:
    is_duty = row.get("kind") == "duty"
    unknown = set(row) - (DUTY_KEYS if is_duty else KEYS)
    if unknown:
        raise ValueError(f"{code}: unknown {sorted(unknown)}")
    if not str(row.get("article", "")).strip():
        raise ValueError(f"{code}: no source")
    if is_duty:
        given = {key: value for key, value in row.items() if key not in {"kind", "number"}}
        return Duty(code, number=Fraction(str(row["number"])), **given)
    if row["unit"] not in UNITS:
        raise ValueError(f"{code}: unknown unit {row['unit']}")
    if row.get("effect") and row["basis"] != "statutory":
        raise ValueError(f"{code}: only a law lets something follow from the expiry by itself")
    given = {key: value for key, value in row.items() if key not in {"extensions", "suspensions", "rungs"}}
    extensions = row.get("extensions", ())
    return Limit(
        code,
        **given,
        extensions=tuple(
            Extension(item["amount"], item["article"], repeats=item.get("repeats", False))
            for item in extensions
        ),
        approvers=tuple(item["approver"] for item in extensions),
        suspensions=tuple(_suspensions(row.get("suspensions", ()))),
        rungs=tuple(
            Rung(
                item["code"],
                item["offset"],
                item["words"],
                item["colour"],
                item.get("unit", ""),
                verb=item.get("action", ""),
            )
            for item in row.get("rungs", ())
        ),
    )


def _suspensions(given: Any) -> Iterable[Suspension]:
    if given == "excluded_time":
        for code, label in EXCLUDED:
            yield Suspension(code, label, EXCLUDED_ARTICLE, needs_end=True, notice=SUSPENSION_NOTICE)
        return
    for item in given:
        yield Suspension(item["code"], item["label"], item["article"])


@cache
def load_catalogue() -> Mapping[str, tuple[Limit | Duty, ...]]:
    """All entries by code, each with its versions in order of time. Raises ValueError with the code of a wrong one."""
    rows = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    return {
        code: tuple(_read(code, row) for row in (given if isinstance(given, list) else [given]))
        for code, given in rows.items()
    }


def limit_of(code: str, on: date) -> Limit:
    """The time limit in force on a day. Raises LookupError for a duty, an unknown code or a day without a rule."""
    for entry in load_catalogue().get(code, ()):
        if isinstance(entry, Limit) and entry.valid_from <= on <= entry.valid_to:
            return entry
    raise LookupError(f"no time limit {code} is in force on {on}")


def duty_of(code: str) -> Duty:
    entry = load_catalogue()[code][0]
    if not isinstance(entry, Duty):
        raise LookupError(f"{code} is a time limit")
    return entry


def clock_of(code: str, on: date) -> ClockDef:
    """The limit in force on a day as a clock of a procedure."""
    return limit_of(code, on).clock()
