"""One timeline of an enterprise over the registers and all ledgers, newest first. Two queries, however much there is."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.cases.history import changes_as_known
from wutong.cases.models import Case, Change
from wutong.cases.procedures import OPEN_VERB
from wutong.cases.registry import case_type_of
from wutong.desk.due_clocks import case_href
from wutong.registers.enterprises.models import Enterprise, Status, YearReport
from wutong.registers.history.models import RegisterChange
from wutong.ui.pages import Tab
from wutong.ui.panels import Panel, TimelineEntry
from wutong.ui.tables import Text

PAGE_SIZE = 20
LAST_PAGE = 500
KINDS: Mapping[str, Text] = {
    "": gettext_lazy("全部"),
    "case": gettext_lazy("办件"),
    "firm": gettext_lazy("企业登记"),
    "year": gettext_lazy("年度数据"),
    "people": gettext_lazy("人员"),
}
REGISTERED: Mapping[str, Collection[str]] = {
    "firm": ("enterprise", "former_name", "enterprise_tag", "merge"),
    "year": ("year_report",),
    "people": ("contact",),
}
"""Kinds of register entry that a filter shows."""
ALONG = ("merge", "unmerge")
"""Verbs of rows that only went along with a merge; the merge itself has its own line."""
UNSAID = {"folded_name", "is_disclosed", "merged_into"}
"""Columns of a firm that are not told on the timeline."""
ADDRESSES = {"address", "real_address"}


@dataclass(frozen=True)
class Happened:
    """Whose changes are told: the firm with what hangs on it, by kind of entry and key, and the cases that the reader
    may see. `words` names a tag, a former name or a double that was merged in."""

    firm: Enterprise
    cases: Mapping[int, Case]
    reports: Mapping[int, YearReport]
    people: Collection[int]
    words: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def entries(self, kinds: Collection[str]) -> Q:
        """Which register changes belong to it. Keys are written out: each is found by the index of changes."""
        keys: dict[str, Collection[int]] = {
            "enterprise": [self.firm.pk],
            "year_report": list(self.reports),
            "contact": list(self.people),
            **{kind: list(rows) for kind, rows in self.words.items()},
        }
        wanted = Q(pk__in=[])
        for kind in kinds:
            if keys.get(kind):
                along = Q() if kind in {"enterprise", "merge"} else ~Q(verb__in=ALONG)
                wanted |= Q(entry_kind=kind, entry_id__in=keys[kind]) & along
        return wanted


@dataclass(frozen=True, kw_only=True)
class EnterpriseTimeline(Panel):
    """Entries of one page; `tabs` are the kinds, `newer` and `older` lead to the neighbours and are empty at an end."""

    template: ClassVar[str] = "desk/enterprise_timeline.html"
    entries: Sequence[TimelineEntry]
    tabs: Sequence[Tab]
    page: int
    newer: str = ""
    older: str = ""


def timeline(
    happened: Happened, *, kind: str, page: int, day: date, kept: Mapping[str, str]
) -> EnterpriseTimeline:
    """What happened until the day. `kept` are the parameters of the address that links keep."""
    kind = kind if kind in KINDS else ""
    page = min(max(page, 1), LAST_PAGE)
    stop = page * PAGE_SIZE + 1
    rows: list[RegisterChange | Change] = []
    kinds = [entry for key, group in REGISTERED.items() if kind in {"", key} for entry in group]
    if kinds:
        rows += _newest(RegisterChange.objects.filter(happened.entries(kinds), effective_on__lte=day), stop)
    if kind in {"", "case"} and happened.cases:
        moved = changes_as_known(as_of=day).filter(case__in=list(happened.cases))
        rows += _newest(moved.exclude(state_before=F("state_after")), stop)
    # Of one moment the register comes before the cases: a firm is there before its project.
    rows.sort(
        key=lambda row: (row.effective_on, row.recorded_at, isinstance(row, Change), row.pk), reverse=True
    )
    start = (page - 1) * PAGE_SIZE

    def href(**changed: str) -> str:
        parameters = {name: value for name, value in {**kept, "kind": kind, **changed}.items() if value}
        return f"?{urlencode(parameters)}#timeline"

    return EnterpriseTimeline(
        title=_("全过程"),
        note=_("登记、数据、人员和各台账的办件在一条线上，新的在前"),
        id="timeline",
        entries=[_line(happened, row) for row in rows[start : start + PAGE_SIZE]],
        tabs=[Tab(label, None, href(kind=key), key == kind) for key, label in KINDS.items()],
        page=page,
        newer=href(page=str(page - 1) if page > 2 else "") if page > 1 else "",
        older=href(page=str(page + 1)) if len(rows) > start + PAGE_SIZE and page < LAST_PAGE else "",
        empty=_("没有记录。"),
    )


def _newest(changes: Any, stop: int) -> list[Any]:
    return list(changes.order_by("-effective_on", "-recorded_at", "-pk")[:stop])


def _line(happened: Happened, row: RegisterChange | Change) -> TimelineEntry:
    if isinstance(row, Change):
        return _case_line(happened.cases[row.case_id], row)
    return WORDS[row.entry_kind](happened, row)


def _case_line(case: Case, change: Change) -> TimelineEntry:
    procedure = case_type_of(case).procedure
    state = procedure.state(change.state_after)
    result = procedure.result_of(state.code) if state.kind == "closed" else ""
    words = _("登记，%(state)s") if change.verb == OPEN_VERB else "%(state)s"
    text = f"{procedure.label}：{words % {'state': state.label}}"
    if result and procedure.result_label(result) != state.label:
        text += _("，结果%(result)s") % {"result": procedure.result_label(result)}
    weight: Any = "key" if change.verb == OPEN_VERB or state.kind == "closed" else ""
    return TimelineEntry(change.effective_on, text, f"{case.title}，{case.number}", weight, case_href(case))


def _firm_line(happened: Happened, row: RegisterChange) -> TimelineEntry:
    if row.verb == "register":
        return TimelineEntry(row.effective_on, _("登记入册"), weight="key")
    told = row.snapshot.keys() - UNSAID
    words = []
    if "name" in told:
        words.append(_("改名为“%(name)s”") % {"name": row.snapshot["name"]})
    if "status" in told:
        words.append(_("经营状态变为“%(status)s”") % {"status": Status(row.snapshot["status"]).label})
    for column in ("address", "real_address"):
        if column in told:
            label = Enterprise._meta.get_field(column).verbose_name  # type: ignore[union-attr]
            words.append(
                _("%(label)s变为%(address)s") % {"label": label, "address": row.snapshot[column] or "—"}
            )
    others = sorted(told - ADDRESSES - {"name", "status"})
    if others:
        labels = (str(Enterprise._meta.get_field(column).verbose_name) for column in others)  # type: ignore[union-attr]
        words.append(_("更新%(labels)s") % {"labels": "、".join(labels)})
    if row.verb in ALONG:
        words.insert(0, _("合并") if row.verb == "merge" else _("撤销合并"))
    text = "；".join(words) or _("登记有变更")
    key: Any = "key" if {"name", "status"} & told else ""
    # The reason of a merge names the double, which the reader may not be allowed to see.
    return TimelineEntry(row.effective_on, text, "" if row.verb in ALONG else row.reason, key)


def _former_name_line(happened: Happened, row: RegisterChange) -> TimelineEntry:
    name = happened.words["former_name"][row.entry_id]
    return TimelineEntry(row.effective_on, _("登记曾用名“%(name)s”") % {"name": name})


def _tag_line(happened: Happened, row: RegisterChange) -> TimelineEntry:
    word = {"word": happened.words["enterprise_tag"][row.entry_id]}
    text = _("去掉标签“%(word)s”") % word if row.verb == "untag" else _("加标签“%(word)s”") % word
    return TimelineEntry(row.effective_on, text)


def _merge_line(happened: Happened, row: RegisterChange) -> TimelineEntry:
    name = happened.words["merge"][row.entry_id]
    if row.verb == "unmerge":
        text = _("撤销“%(name)s”的并入") % {"name": name} if name else _("撤销一次并入")
    else:
        text = _("“%(name)s”并入") % {"name": name} if name else _("一条重复的登记并入")
    return TimelineEntry(row.effective_on, text, weight="key")


def _year_line(happened: Happened, row: RegisterChange) -> TimelineEntry:
    report = happened.reports[row.entry_id]
    words = _("登记%(year)s年数据") if "year" in row.snapshot else _("更新%(year)s年数据")
    return TimelineEntry(
        row.effective_on, words % {"year": report.year}, f"{report.source}，{report.dated_on}"
    )


def _person_line(_happened: Happened, row: RegisterChange) -> TimelineEntry:
    """Without a name, and without the reason, in which one may stand."""
    words = {"register": _("登记一名人员"), "erase": _("清除一名人员的个人信息")}
    return TimelineEntry(row.effective_on, words.get(row.verb, _("更正一名人员的信息")))


WORDS: Mapping[str, Callable[[Happened, RegisterChange], TimelineEntry]] = {
    "enterprise": _firm_line,
    "former_name": _former_name_line,
    "enterprise_tag": _tag_line,
    "merge": _merge_line,
    "year_report": _year_line,
    "contact": _person_line,
}
