"""What lamps are shown for: a ledger declares its subject with what it measures, so that the editor of rules knows
the choices and an edition can be tried on the rows of today."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from wutong.base.errors import Text
from wutong.rules.lamps import Colour, RuleSet


@dataclass(frozen=True)
class Metric:
    """Something that is measured, as the words of a rule say it: `label` 超过 5 `unit`.

    `by_period` says that there is a value for each period, so that a rule may ask for several in a row.
    """

    code: str
    label: Text
    unit: Text
    by_period: bool = False


@dataclass(frozen=True)
class Replayed:
    """One thing judged twice: by the edition in force and by another one. Colours are codes, reasons are words."""

    number: str
    name: str
    href: str
    colour: Colour
    reason: str
    other_colour: Colour
    other_reason: str

    @property
    def is_changed(self) -> bool:
        return self.colour != self.other_colour


@dataclass(frozen=True)
class LampSubject:
    """`code` is stored and never renamed; `groups` are codes with their words. With `has_bands` things have a size in
    yuan. `replay` takes who asks (an Actor), the day and a rule set, and judges everything that the actor may see;
    None where nothing can be tried yet.

    `only_examples` says why its lamps follow another rule, so that its editions are to be read and not to be changed.
    """

    code: str
    label: Text
    metrics: tuple[Metric, ...]
    groups: tuple[tuple[str, Text], ...]
    has_bands: bool = True
    replay: Callable[[Any, date, RuleSet], Sequence[Replayed]] | None = None
    only_examples: Text = ""

    def metric(self, code: str) -> Metric:
        """What a rule measures. A code that is no longer declared stands for itself, so that old editions can still
        be read."""
        return next((item for item in self.metrics if item.code == code), Metric(code, code, ""))

    def group_label(self, code: str) -> Text:
        """The words of a group; as `metric`, a code that is no longer declared stands for itself."""
        return dict(self.groups).get(code, code)


_subjects: dict[str, LampSubject] = {}


def declare_subject(subject: LampSubject) -> None:
    """Add a subject to the registry. Raises ValueError when its code is declared with other content."""
    if _subjects.setdefault(subject.code, subject) != subject:
        raise ValueError(f"lamp subject {subject.code} is declared twice")


def lamp_subjects() -> list[LampSubject]:
    """All declared subjects, in the order of their declaration."""
    return list(_subjects.values())


def find_subject(code: str) -> LampSubject | None:
    """None where the ledger that declared the subject is switched off."""
    return _subjects.get(code)


CLOCKS = LampSubject(
    code="clock",
    label=_("办理时限"),
    metrics=(Metric("working_days_left", _("剩余"), _("个工作日")),),
    groups=(("all", _("全部时限")),),
    has_bands=False,
    only_examples=_("时限的亮灯跟着各时限自己的提醒阶梯走，这里的规则只供参考。"),
)

declare_subject(CLOCKS)
