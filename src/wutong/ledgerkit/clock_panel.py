"""The time limits of one case: basis, what is used, when it is due, and why its lamp shows its colour."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from wutong.cases.clocks.counting import counting_now
from wutong.cases.clocks.declared import EXPIRED
from wutong.cases.clocks.lamps import clock_lamp, used_words
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.words import basis_words, due_words, moment_words
from wutong.cases.models import Change, Clock
from wutong.cases.procedures import Procedure
from wutong.ui.panels import TablePanel, TimelineEntry
from wutong.ui.tables import Cell, Column, Row, Table


def moment_shown(day: date, now: datetime, today: date) -> datetime:
    """The moment a page of some day speaks of: now, or the last moment of that day."""
    if day == today:
        return now
    return now + timedelta(days=(day - today).days)


def clock_panel(
    clocks: Sequence[Clock],
    procedure: Procedure,
    changes: Sequence[Change],
    at: datetime,
    counting: Counting | None = None,
) -> TablePanel:
    """`changes` tell why a clock rests and until when; `counting` is handed over by a page that has read it."""
    counting, resting = counting or counting_now(), _resting(procedure, changes)
    rows = []
    for clock in clocks:
        definition = procedure.clock(clock.code)
        lamp = clock_lamp(counting, clock, definition, at)
        reason = resting.get(clock.code, lamp.reason) if lamp.colour == "pause" else lamp.reason
        rows.append(
            Row(
                str(clock.pk),
                {
                    "label": Cell(definition.label),
                    "basis": Cell(f"{basis_words(clock.basis)}：{clock.article}"),
                    "used": Cell(used_words(counting, clock, at)),
                    "due": Cell(
                        due_words(clock), note=_("暂定：该年度放假通知未公布") if clock.is_provisional else ""
                    ),
                    "lamp": Cell(lamp.text, lamp=lamp.colour, note=reason),  # type: ignore[arg-type]
                },
            )
        )
    columns = (
        Column("label", _("时限"), "name"),
        Column("basis", _("依据"), "long", phone="show"),
        Column("used", _("已用/预算"), "number", phone="show"),
        Column("due", _("到期"), "date", phone="show"),
        Column("lamp", _("亮灯"), "lamp", phone="show"),
    )
    return TablePanel(title=_("时限"), id="clocks", table=Table(_("时限"), columns, rows, len(rows)))


def _resting(procedure: Procedure, changes: Sequence[Change]) -> dict[str, str]:
    """Why each clock rests, as its last suspension tells: the reason, and the end where one was told."""
    reasons: dict[str, str] = {}
    for change in changes:
        for entry in change.snapshot.get("clocks", []):
            if entry["do"] == "suspend":
                permitted = procedure.clock(entry["clock"]).suspension(entry["reason"])
                words = str(permitted.label if permitted else entry["reason"])
                if entry.get("ends"):
                    words = _("%(reason)s，最迟%(end)s恢复") % {
                        "reason": words,
                        "end": shown_point(entry["ends"]),
                    }
                reasons[entry["clock"]] = words
    return reasons


def clock_entries(procedure: Procedure, change: Change) -> list[TimelineEntry]:
    """What time itself did, as lines of the timeline."""
    lines = []
    for entry in change.snapshot.get("clocks", []):
        definition = procedure.clock(entry["clock"])
        due = entry.get("due")
        if entry["do"] == "rung":
            code = entry["rung"]
            what = _("已过到期日") if code == EXPIRED else str(definition.rung_label(code))
            note = _("到期%(due)s") % {"due": shown_point(due)} if due else ""
            lines.append((f"{definition.label}：{what}", note, "bad"))
        elif entry["do"] == "move":
            note = _("原到期%(was)s，现到期%(due)s") % {
                "was": shown_point(entry.get("was")),
                "due": shown_point(due),
            }
            lines.append((_("%(clock)s：日历公布，到期日改算") % {"clock": definition.label}, note, ""))
        elif entry["do"] == "resume":
            note = _("到期%(due)s") % {"due": shown_point(due)}
            lines.append((_("%(clock)s：中止期满，恢复计时") % {"clock": definition.label}, note, ""))
    return [TimelineEntry(change.effective_on, text, note, weight) for text, note, weight in lines]  # type: ignore[arg-type]


def shown_point(text: str | None) -> str:
    """A day or a moment as a change tells it, for people."""
    if not text:
        return "—"
    return text if len(text) == 10 else moment_words(datetime.fromisoformat(text))
