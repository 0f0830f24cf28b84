"""One timeline of a case: its own changes, those of its sub-cases and of cases that hang on it, and what other sources
tell about it. Newest first, a hundred lines to a page.

A ledger puts its own lines into `DetailExtras.timeline`. What another ledger knows of a case is declared at the root:
`declare_timeline(TimelineSource("meetings", entries=...))`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.cases.models import Case, Change, Evidence
from wutong.cases.procedures import CLOCK_VERBS, FOLLOW_VERB, Procedure, Transition
from wutong.cases.registry import case_type_of
from wutong.cases.waivers import labels_lacking
from wutong.ledgerkit.clock_panel import clock_entries
from wutong.ledgerkit.registry import find_pages
from wutong.registers.organisation.actors import Actor
from wutong.ui.panels import Panel, PanelEnd, TimelineEntry
from wutong.ui.tables import Text

if TYPE_CHECKING:
    from wutong.ledgerkit.detail_pages import CaseFile

PAGE_SIZE = 100
LAST_PAGE = 1000
ONLY_CHANGES = "changes"


@dataclass(frozen=True)
class Happened(TimelineEntry):
    """A line of the timeline with what orders and filters it. Of one day the one recorded later stands above; one
    without a moment (a visit known by its day) above them. `is_change`: something was changed, as opposed to a visit, a
    meeting."""

    recorded_at: datetime | None = None
    is_change: bool = False


@dataclass(frozen=True)
class TimelineSource:
    """What somebody else tells about cases. `entries` gives lines (with as few queries as it can; each counts for the
    page); lines that are not `Happened` are no changes. `also` names cases whose changes are read along with those of the
    case, without a query more; it gives only cases that the actor may see. Asked only for `case_types`, or for every
    type without any."""

    code: str
    entries: Callable[[Case, Actor, date], Sequence[TimelineEntry]] | None = None
    also: Callable[[Case, Actor], QuerySet[Case]] | None = None
    case_types: tuple[str, ...] = ()

    def tells_of(self, case: Case) -> bool:
        return not self.case_types or case.case_type in self.case_types


_sources: dict[str, TimelineSource] = {}


def declare_timeline(source: TimelineSource) -> None:
    """Safe to repeat: a source of the same code takes the place of the earlier one."""
    _sources[source.code] = source


def withdraw_timeline(code: str) -> None:
    _sources.pop(code, None)


def told_elsewhere(case: Case, actor: Actor, as_of: date) -> list[TimelineEntry]:
    """Lines of all declared sources about one case, in no order."""
    found: list[TimelineEntry] = []
    for source in _sources.values():
        if source.entries is not None and source.tells_of(case):
            found += source.entries(case, actor, as_of)
    return found


def cases_told_along(case: Case, actor: Actor) -> list[QuerySet[Case]]:
    """Further cases whose changes belong on the timeline of a case."""
    return [
        source.also(case, actor)
        for source in _sources.values()
        if source.also is not None and source.tells_of(case)
    ]


@dataclass(frozen=True, kw_only=True)
class CaseTimeline(Panel):
    """The lines of one page. `toggle` shows only changes or everything again; `newer`, `older` are empty at an end."""

    template: ClassVar[str] = "ledgerkit/timeline.html"
    entries: Sequence[TimelineEntry]
    toggle: PanelEnd
    page: int = 1
    newer: str = ""
    older: str = ""


def timeline_panel(
    file: "CaseFile",
    told: Iterable[TimelineEntry],
    asked: QueryDict,
    until: date | None = None,
    end: PanelEnd | None = None,
) -> CaseTimeline:
    """The changes that the page has read, and what others told. `asked` are the parameters of the address; `until` is
    the day after which nothing is shown (None: everything)."""
    only_changes = asked.get("timeline") == ONLY_CHANGES
    lines = [*change_lines(file), *told]
    if only_changes:
        lines = [line for line in lines if getattr(line, "is_change", False)]
    if until is not None:
        lines = [line for line in lines if line.on <= until]
    lines = in_order(lines)
    text = asked.get("timeline_page", "")
    page = min(max(int(text), 1), LAST_PAGE) if text.isdecimal() and len(text) < 6 else 1
    start = (page - 1) * PAGE_SIZE

    def href(**changed: str) -> str:
        kept = {name: value for name, value in asked.items() if name == "as_of"}
        chosen = {"timeline": ONLY_CHANGES if only_changes else "", **changed}
        return f"?{urlencode(kept | {name: value for name, value in chosen.items() if value})}#timeline"

    return CaseTimeline(
        title=_("全过程"),
        note=_("变更、走访、文件、会议同在一条线，新的在前"),
        id="timeline",
        end=end,
        entries=lines[start : start + PAGE_SIZE],
        toggle=PanelEnd(_("看全部"), href(timeline=""))
        if only_changes
        else PanelEnd(_("只看变更"), href(timeline=ONLY_CHANGES)),
        page=page,
        newer=href(timeline_page=str(page - 1) if page > 2 else "") if page > 1 else "",
        older=href(timeline_page=str(page + 1)) if len(lines) > start + PAGE_SIZE else "",
    )


def in_order(lines: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """Newest first; of one moment those handed over later above."""
    numbered = list(enumerate(lines))

    def place(item: tuple[int, TimelineEntry]) -> tuple[date, bool, float, int]:
        number, line = item
        moment: datetime | None = getattr(line, "recorded_at", None)
        return line.on, moment is None, moment.timestamp() if moment else 0.0, number

    return [line for _number, line in sorted(numbered, key=place, reverse=True)]


# ---- changes in words --------------------------------------------------------------------------------------------


def change_lines(file: "CaseFile") -> list[TimelineEntry]:
    """The changes of the case and of those that hang on it, each case in the order of its life."""
    lines = _lines_of(file.case, file.procedure, file.changes, file)
    for changes in file.related.values():
        case = changes[0].case
        lines += _lines_of(case, case_type_of(case).procedure, changes, None)
    return lines


def _lines_of(
    case: Case, procedure: Procedure, changes: Sequence[Change], file: "CaseFile | None"
) -> list[TimelineEntry]:
    """`file` is given for the case of the page itself; lines of another case say which one and lead there."""
    replaced = {change.replaces_id for change in changes if change.replaces_id}
    proofs: dict[int, list[Evidence]] = {}
    for item in file.evidence if file else ():
        proofs.setdefault(item.change_id, []).append(item)
    href, prefix = "", ""
    if file is None:
        pages = find_pages(case.case_type)
        href = reverse("case_detail", args=[pages.slug, case.number]) if pages else ""
        prefix = _("%(what)s“%(title)s”：") % {"what": procedure.label, "title": case.title}
    lines: list[TimelineEntry] = []
    for change in changes:
        kept: dict[str, Any] = {"recorded_at": change.recorded_at, "is_change": True}
        if change.verb in CLOCK_VERBS:
            for entry in clock_entries(procedure, change):
                text = f"{prefix}{entry.text}"
                lines.append(Happened(entry.on, text, entry.note, entry.weight, href, **kept))
            continue
        label = change_label(procedure, change)
        if change.pk in replaced:
            label = _("%(label)s（已被更正）") % {"label": label}
        moved = change.state_after != change.state_before
        weight: Literal["", "key"] = "key" if moved else ""
        note = _note(change, proofs.get(change.pk, ()))
        lines.append(Happened(change.effective_on, f"{prefix}{label}", note, weight, href, **kept))
    return lines


def _note(change: Change, proofs: Sequence[Evidence]) -> str:
    """What was said with a change: progress or reason, a corrected day, the files handed in, who did it."""
    words = change.snapshot.get("data", {}).get("latest_progress") or change.reason
    files = change.snapshot.get("evidence")
    names = "、".join(item.name for item in proofs[:3])
    parts = (
        str(words or "").rstrip("。"),
        _("原日期%(was)s") % {"was": change.snapshot["was"]} if change.snapshot.get("corrects") else "",
        _("佐证%(count)s份") % {"count": len(files)} + (f"（{names}）" if names else "") if files else "",
        _("缺：%(items)s") % {"items": "、".join(lacking)} if (lacking := labels_lacking(change)) else "",
        change.actor.display_name if change.actor else _("系统"),
    )
    return "，".join(part for part in parts if part)


def change_label(procedure: Procedure, change: Change) -> Text:
    """What a change did, in words."""
    transition: Transition | None = procedure.transition(change.verb)
    if transition is not None:
        return transition.label
    if change.verb == FOLLOW_VERB:
        return _("随企业合并或拆回")
    return _("登记为“%(state)s”") % {"state": procedure.state(change.state_after).label}
