"""The lamp of a clock, and why it shows its colour. It follows from the rungs that the clock carries: one definition for
pages, lists, feeds and notices."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from wutong.cases.clocks.declared import EXPIRED, MOMENT_UNITS, ClockDef
from wutong.cases.clocks.rows import rung_moments, state_of_row
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.state import ClockState, delay, used
from wutong.cases.clocks.words import ticks_words
from wutong.cases.models import Clock

ORDER = {"red": 3, "yellow": 2, "green": 1}


@dataclass(frozen=True)
class ClockLamp:
    """`colour` is red, yellow, green, pause or grey; `reason` says why, in one sentence."""

    colour: str
    text: str
    reason: str = ""


def clock_lamp(counting: Counting, clock: Clock, definition: ClockDef, at: datetime) -> ClockLamp:
    """The lamp at a moment, from the clock as it is recorded."""
    state = state_of_row(clock)
    late = delay(counting, state, counting.point_at(clock.unit, at)) if clock.started_on else 0
    late_words = _("超%(late)s") % {"late": ticks_words(clock.unit, late)}
    if clock.state == "armed":
        return ClockLamp("grey", _("待起算"))
    if clock.state == "void":
        return ClockLamp("grey", _("已终止"))
    if clock.state == "superseded":
        return ClockLamp("grey", _("已由别的时限取代"))
    if clock.ended_on is not None:
        if clock.state == "missed":
            return ClockLamp("red", late_words, _("超时办结"))
        return ClockLamp("green", _("按时办结"))
    if clock.running_since is None:
        reason = _("已超时，现在中止计时") if clock.missed_on else ""
        return ClockLamp("pause", _("中止"), reason)
    return _running(counting, clock, state, definition, at, late_words)


def _running(
    counting: Counting, clock: Clock, state: ClockState, definition: ClockDef, at: datetime, late_words: str
) -> ClockLamp:
    reached = [code for code, moment in rung_moments(counting, state).items() if moment <= at]
    left = state.left - used(counting, state, counting.point_at(clock.unit, at))
    colours = {row["code"]: row["colour"] for row in clock.rungs}
    if EXPIRED in reached or state.missed is not None:
        last = next((code for code in reversed(reached) if code != EXPIRED), "")
        return ClockLamp("red", late_words, str(definition.rung_label(last)) if last else _("已过到期日"))
    coloured = [code for code in reached if colours.get(code)]
    if coloured:
        worst = max(coloured, key=lambda code: ORDER[colours[code]])
        text = _("剩%(left)s") % {"left": ticks_words(clock.unit, left)}
        return ClockLamp(colours[worst], text, str(definition.rung_label(worst)))
    is_last_day = clock.unit not in MOMENT_UNITS and left <= 0
    text = _("今天到期") if is_last_day else _("剩%(left)s") % {"left": ticks_words(clock.unit, left)}
    return ClockLamp("green", text)


def used_words(counting: Counting, clock: Clock, at: datetime) -> str:
    """`8/20个工作日`: what is used of the budget."""
    state = state_of_row(clock)
    ticks = state.consumed + used(counting, state, counting.point_at(clock.unit, at))
    if clock.unit in MOMENT_UNITS or clock.unit == "month":
        return f"{ticks_words(clock.unit, ticks)}/{ticks_words(clock.unit, clock.total)}"
    return f"{ticks}/{ticks_words(clock.unit, clock.total)}"
