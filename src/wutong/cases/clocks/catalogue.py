"""The catalogue of time limits: what laws, rules and practice set, as data with its source.

A ledger takes a clock by its code and day (`clock_of`). What an office has to set itself is marked as not confirmed and
says so in a note; it sets the days in a `ClockRule`. Nothing here reads a clock; the file is read once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import yaml

from wutong.cases.clocks.declared import UNITS, Basis, ClockDef, Extension, Rung, Suspension, Unit
from wutong.cases.clocks.scales import Counting, Point

SEED = Path(__file__).parent / "seeds" / "catalogue.yaml"
EXCLUDED = (
    ("hearing", "听证"), ("tender", "招标"), ("auction", "拍卖"), ("inspection", "检验"), ("test", "检测"),
    ("quarantine", "检疫"), ("appraisal", "鉴定"), ("expert_review", "专家评审"),
)  # fmt: skip
EXCLUDED_ARTICLE = "行政许可法第四十五条"
SUSPENSION_NOTICE = "suspension_notice"
"""Kind of evidence that proves the written notice; a procedure with such a clock has this kind."""
CODE_LENGTH = 30
"""The code of a clock in its row is not longer."""


@dataclass(frozen=True)
class Duty:
    """What a source asks for and is no period: a share of people or cases, or something to be done at once.

    `number` is the share, None where there is none; `strict`: more than it, not just as much. `otherwise` says what
    follows where the duty is not met.
    """

    code: str
    label: str
    article: str
    words: str
    number: Fraction | None = None
    strict: bool = False
    otherwise: str = ""
    confirmed: bool = True
    note: str = ""
    valid_from: date = date.min
    valid_to: date = date.max

    def is_met(self, count: int, of: int) -> bool:
        """Whether `count` of `of` are enough; exact, without rounding. Raises ValueError for a duty without a share."""
        if self.number is None:
            raise ValueError(f"{self.code} is no share")
        if of <= 0:
            return False
        share = Fraction(count, of)
        return share > self.number if self.strict else share >= self.number


@dataclass(frozen=True)
class Limit:
    """One time limit while it is in force. `budget` is None where the case brings its last day.

    `anchor` says from what it counts; with `direction` before it counts back from there. `approvers` are those who may
    grant the n-th extension, in the words of the source. `effect` is the verb that the law lets follow from the expiry by
    itself; a procedure with this clock has it. `effect_of_practice` is what people do then, `duty` what else the source
    asks for, `next` the limit that takes this one's place when the work goes on.
    """

    code: str
    label: str
    basis: Basis
    article: str
    unit: Unit
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
    effect_article: str = ""
    effect_of_practice: str = ""
    duty: str = ""
    next: str = ""
    confirmed: bool = True
    note: str = ""
    valid_from: date = date.min
    valid_to: date = date.max

    @property
    def clock_code(self) -> str:
        return self.code.replace(".", "_")

    def clock(self, code: str = "") -> ClockDef:
        """The limit as a clock of a procedure. Raises ValueError for one that counts back: it has no clock that runs."""
        if self.direction == "before":
            raise ValueError(f"{self.code} counts back from its anchor")
        return ClockDef(
            code or self.clock_code,
            self.label,
            self.basis,
            self.article,
            self.unit,
            self.budget,
            rolls=self.rolls,
            suspensions=self.suspensions,
            extensions=self.extensions,
            rungs=self.rungs,
            on_expiry=self.effect,
        )

    def last_day_before(self, counting: Counting, anchor: Point) -> Point:
        """The last day on which something may still be done, for limits that count back from their anchor."""
        if self.direction != "before" or self.budget is None:
            raise ValueError(f"{self.code} does not count back")
        return counting.shift(self.unit, anchor, -self.budget)


Entry = Limit | Duty


# ---- reading -------------------------------------------------------------------------------------------------------


def read_catalogue(rows: Mapping[str, Any]) -> Mapping[str, tuple[Entry, ...]]:
    """Entries by code, each with its versions in order of time. Raises ValueError with the code of a wrong one."""
    found = {
        code: tuple(_read(code, row) for row in (given if isinstance(given, list) else [given]))
        for code, given in rows.items()
    }
    for code, versions in found.items():
        if any(after.valid_from <= before.valid_to for before, after in pairwise(versions)):
            raise ValueError(f"{code}: two versions on one day")
        for entry in versions:
            if isinstance(entry, Limit) and entry.next and entry.next not in found:
                raise ValueError(f"{code}: unknown next limit {entry.next}")
    return found


def _read(code: str, row: Mapping[str, Any]) -> Entry:
    kind = Duty if row.get("kind") == "duty" else Limit
    given = {key: value for key, value in row.items() if key != "kind"}
    names = {item.name for item in fields(kind)} - {"code", "approvers"}
    required = {item.name for item in fields(kind) if item.default is MISSING} - {"code", "article"}
    if set(given) - names:
        raise ValueError(f"{code}: unknown {sorted(set(given) - names)}")
    if required - set(given):
        raise ValueError(f"{code}: without {sorted(required - set(given))}")
    if not str(given.get("article") or "").strip():
        raise ValueError(f"{code}: no source")
    if not given.get("confirmed", True) and not given.get("note"):
        raise ValueError(f"{code}: not confirmed, and no note says who sets it")
    if kind is Duty:
        number = given.pop("number", None)
        return Duty(code, number=None if number is None else Fraction(str(number)), **given)
    return _read_limit(code, given)


def _read_limit(code: str, given: dict[str, Any]) -> Limit:
    extensions = given.pop("extensions", ())
    limit = Limit(
        code,
        extensions=tuple(
            Extension(item["amount"], item["article"], repeats=item.get("repeats", False))
            for item in extensions
        ),
        approvers=tuple(item["approver"] for item in extensions),
        suspensions=tuple(_suspensions(given.pop("suspensions", ()))),
        rungs=tuple(_rung(item) for item in given.pop("rungs", ())),
        **given,
    )
    wrong = (
        (limit.unit not in UNITS, f"unknown unit {limit.unit}"),
        (limit.basis not in {"statutory", "promised", "internal"}, f"unknown basis {limit.basis}"),
        (limit.direction not in {"after", "before"}, f"unknown direction {limit.direction}"),
        (limit.budget is not None and limit.budget <= 0, "no time at all"),
        (limit.direction == "before" and limit.budget is None, "nothing to count back"),
        (len(limit.clock_code) > CODE_LENGTH, f"code longer than {CODE_LENGTH}"),
        (
            bool(limit.effect) and limit.basis != "statutory",
            "only a law lets something follow from the expiry",
        ),
        (bool(limit.effect) and not (limit.effect_article and limit.effect_words), "effect without article"),
    )
    for is_wrong, why in wrong:
        if is_wrong:
            raise ValueError(f"{code}: {why}")
    return limit


def _rung(item: Mapping[str, Any]) -> Rung:
    return Rung(
        item["code"], item["offset"], item["words"], item["colour"], item.get("unit", ""),
        verb=item.get("action", ""),
    )  # fmt: skip


def _suspensions(given: Any) -> Iterable[Suspension]:
    if given == "excluded_time":
        for code, label in EXCLUDED:
            yield Suspension(code, label, EXCLUDED_ARTICLE, needs_end=True, notice=SUSPENSION_NOTICE)
        return
    for item in given:
        yield Suspension(**item)


# ---- asking --------------------------------------------------------------------------------------------------------


@cache
def load_catalogue() -> Mapping[str, tuple[Entry, ...]]:
    """The catalogue as it is shipped, see `read_catalogue`."""
    return read_catalogue(yaml.safe_load(SEED.read_text(encoding="utf-8")))


def entries_on(on: date) -> Mapping[str, Entry]:
    """What is in force on a day, by code."""
    return {
        code: entry
        for code, versions in load_catalogue().items()
        for entry in versions
        if entry.valid_from <= on <= entry.valid_to
    }


def limit_of(code: str, on: date) -> Limit:
    """The time limit in force on a day. Raises LookupError for a duty, an unknown code or a day without a rule."""
    entry = entries_on(on).get(code)
    if not isinstance(entry, Limit):
        raise LookupError(f"no time limit {code} is in force on {on}")
    return entry


def duty_of(code: str, on: date) -> Duty:
    """The duty in force on a day. Raises LookupError for a time limit, an unknown code or a day without a rule."""
    entry = entries_on(on).get(code)
    if not isinstance(entry, Duty):
        raise LookupError(f"no duty {code} is in force on {on}")
    return entry


def clock_of(code: str, on: date) -> ClockDef:
    """The limit in force on a day as a clock of a procedure."""
    return limit_of(code, on).clock()
