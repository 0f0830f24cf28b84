"""What a clock is: its unit and budget, and what may be done to it. Declared in code, or kept as a dated row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.functional import Promise

Text = str | Promise
Basis = Literal["statutory", "promised", "internal"]
Unit = Literal["minute", "hour", "working_hour", "working_day", "calendar_day", "month"]
UNITS: tuple[Unit, ...] = ("minute", "hour", "working_hour", "working_day", "calendar_day", "month")
MOMENT_UNITS = frozenset({"minute", "hour", "working_hour"})
"""Units that count from the very moment; the others count whole days and leave out the first."""

Colour = Literal["", "yellow", "red"]
EXPIRED = "expired"
"""Code of the rung that every clock has: the first moment after it is due."""
SUSPENSION_END = "suspension_end"


@dataclass(frozen=True)
class Rung:
    """Something that happens `offset` units from the due day: -1 is one unit before, 1 the first unit after.

    `unit` empty means the clock's own. A rung of days fires when its day begins. `colour` is the lamp from then on,
    `notify` are the roles that are told, `verb` a step that the clock takes in the case.
    """

    code: str
    offset: int
    label: Text
    colour: Colour = ""
    unit: Unit | Literal[""] = ""
    notify: tuple[str, ...] = ("host",)
    verb: str = ""

    def as_row(self) -> dict[str, Any]:
        """What a clock instance keeps of it. The label is looked up again, in the reader's language."""
        return {
            "code": self.code, "offset": self.offset, "unit": self.unit, "colour": self.colour,
            "notify": list(self.notify), "verb": self.verb,
        }  # fmt: skip

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Rung":
        return cls(
            row["code"], row["offset"], row.get("label", row["code"]), row.get("colour", ""),
            row.get("unit", ""), tuple(row.get("notify", ())), row.get("verb", ""),
        )  # fmt: skip


@dataclass(frozen=True)
class Suspension:
    """A permitted reason for stopping a clock. The day of the notice still counts, the day of going on does not.

    `maximum` is in the clock's unit for days and hours (months: in days); the clock goes on by itself when it is
    reached. `needs_end`: the end is told in advance. `notice`: the kind of evidence that proves the written notice;
    empty where none is asked for. `after_expiry`: may also stop a clock that is late.
    """

    code: str
    label: Text
    article: Text
    maximum: int | None = None
    needs_end: bool = False
    notice: str = ""
    after_expiry: bool = False


@dataclass(frozen=True)
class Extension:
    """One permitted extension; the n-th in a clock's list is the n-th that may be granted.

    `amount` is the most it may add, in the clock's unit; None leaves it to the approver. `roles` and `right` say who
    approves. `repeats`: any number more of the same. `before_expiry`: must be granted before the clock is late.
    """

    amount: int | None
    article: Text
    roles: tuple[str, ...] = ()
    right: str = ""
    repeats: bool = False
    before_expiry: bool = True


@dataclass(frozen=True)
class ClockDef:
    """A time limit. `article` is its source; `budget` is None when the opener sets the due day.

    `rolls`: a last day on a day off moves on to the next working day (民法典第二百零三条). `on_expiry` is the verb that
    the law lets happen by itself (视为受理 and the like); it is allowed only for a statutory clock with its article.
    """

    code: str
    label: Text
    basis: Basis
    article: Text
    unit: Unit
    budget: int | None = None
    rolls: bool = True
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[Extension, ...] = ()
    rungs: tuple[Rung, ...] = ()
    on_expiry: str = ""

    def suspension(self, code: str) -> Suspension | None:
        return next((item for item in self.suspensions if item.code == code), None)

    def extension(self, granted: int) -> Extension | None:
        """What the next extension may be after `granted` of them; None when there is no more."""
        if granted < len(self.extensions):
            return self.extensions[granted]
        last = self.extensions[-1] if self.extensions else None
        return last if last is not None and last.repeats else None

    def rung_label(self, code: str) -> Text:
        return next((rung.label for rung in self.rungs if rung.code == code), code)


@dataclass(frozen=True)
class ClockEffect:
    """What a transition does to a clock.

    `arm`: it is there and waits for its start. `start` with `since`: it counts from where another clock began (受理
    from the receipt), with `supersedes`: in place of another. `suspend` names its `reason`; without one the person chooses
    among the permitted ones. `extend`: by units, or to a new due day where the clock has no own budget.
    """

    clock: str
    action: Literal["arm", "start", "extend", "suspend", "resume", "meet", "void"]
    reason: str = ""
    since: str = ""
    supersedes: str = ""


@dataclass(frozen=True)
class Terms:
    """What one clock instance counts by, taken over when it starts: later changes of the rules leave it alone."""

    unit: Unit
    budget: int
    rolls: bool = True
    rungs: tuple[Rung, ...] = field(default=(), compare=False)
