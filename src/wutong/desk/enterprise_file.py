"""The enterprise file (一企一档): everything about one enterprise that the reader may see, on one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.cases.models import Case
from wutong.cases.registry import case_type_of
from wutong.desk.due_clocks import case_href, shown_types
from wutong.desk.enterprise_contacts import contacts_panel
from wutong.desk.enterprise_ties import Tie, Word, ties_of, words_of
from wutong.desk.enterprise_timeline import Happened, timeline
from wutong.desk.enterprise_years import cards, facts_of, years_panel
from wutong.desk.enterprises import (
    REGISTER,
    industry_name,
    industry_words,
    leading_name,
    visible_enterprises,
)
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.registry import ledger_of
from wutong.ledgerkit.viewer import as_of, viewer
from wutong.registers.chains.models import MemberRole
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.history.models import RegisterChange
from wutong.registers.leads.models import LeadAssignment
from wutong.registers.organisation.actors import Actor
from wutong.registers.people.models import Person
from wutong.registers.projects.models import Project
from wutong.ui.formats import date_text, money_text
from wutong.ui.pages import Action, Crumb, DetailPage
from wutong.ui.panels import Block, Fact, FactsPanel, ListItem, ListPanel, PanelEnd, TablePanel
from wutong.ui.tables import Cell, Column, Row, Table

LARGEST_ID = 2**63 - 1
CASES, FAMILY = 200, 50
"""So many lines a panel shows at most."""


@dataclass(frozen=True)
class EnterpriseFile:
    """What was read of one firm; every part is one query."""

    firm: Enterprise
    words: Sequence[Word]
    ties: Sequence[Tie]
    people: Sequence[Person]
    cases: Sequence[Case]

    def words_of(self, kind: str) -> list[Word]:
        return [word for word in self.words if word.kind == kind]


def enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of one enterprise. A double that was merged away leads to the firm that stays."""
    actor, day = viewer(request), as_of(request)
    firm = _firm(actor, pk, day)
    if firm.merged_into_id is not None:
        return _kept(request, actor, firm)
    file = EnterpriseFile(
        firm,
        words_of(actor, firm),
        ties_of(firm, day),
        list(Person.objects.filter(enterprise=firm).order_by("pk")),
        list(_cases(actor, firm)),
    )
    reports = {report.pk: report for report in firm.year_reports.order_by("year", "dated_on", "pk")}
    facts = facts_of(reports.values())
    may_write = actor.has(REGISTER)
    happened = Happened(
        firm,
        {case.pk: case for case in file.cases},
        reports,
        [person.pk for person in file.people],
        {
            kind: {word.key: word.text for word in file.words_of(kind)}
            for kind in ("former_name", "enterprise_tag", "merge")
        },
    )
    number = request.GET.get("page", "1")
    line = timeline(
        happened,
        kind=request.GET.get("kind", ""),
        page=int(number) if number.isdecimal() and len(number) < 6 else 1,
        day=day,
        kept={"as_of": request.GET.get("as_of", "")},
    )
    people = [person for person in file.people if not person.is_erased]
    main: list[Block] = [
        cards(facts),
        _cases_panel(file, day),
        years_panel(firm, facts, may_write=may_write),
        contacts_panel(firm, people, actor),
        line,
    ]
    page = DetailPage(
        title=firm.name,
        lamp_reason=_subtitle(firm),
        crumbs=[Crumb(_("企业")), Crumb(_("企业名录"), reverse("enterprises")), Crumb(firm.name)],
        actions=_actions(firm) if may_write else [],
        main=main,
        side=[
            _facts_panel(file),
            _leads_panel(file),
            _chains_panel(file),
            _tags_panel(file, day, may_write=may_write),
            _former_panel(file, may_write=may_write),
            *_subsidiaries(file),
        ],
    )
    return render(request, "ui/detail.html", {"page": page})


# ---- what is read ------------------------------------------------------------------------------------------------


def _firm(actor: Actor, pk: int, day: date) -> Enterprise:
    dated = RegisterChange.objects.filter(
        entry_kind=Enterprise.entry_kind, entry_id=OuterRef("pk"), snapshot__has_key="status"
    )
    firm = (
        visible_enterprises(actor)
        .filter(pk=min(pk, LARGEST_ID))
        .select_related("place", "merged_into")
        .defer("place__boundary")
        .annotate(
            industry_name=industry_name(),
            leading_name=leading_name(day),
            status_on=Subquery(dated.order_by("-seq").values("effective_on")[:1]),
        )
        .first()
    )
    if firm is None:
        raise Http404
    return firm


def _kept(request: HttpRequest, actor: Actor, double: Enterprise) -> HttpResponse:
    """To the firm that stays, if the reader may see it."""
    kept = double.merged_into
    if kept is None or not visible_enterprises(actor).filter(pk=kept.pk).exists():
        raise Http404
    words = _("“%(double)s”已并入“%(kept)s”，这里是合并后的企业。") % {"double": double, "kept": kept}
    messages.info(request, words)
    return HttpResponseRedirect(reverse("enterprise", args=[kept.pk]))


def _cases(actor: Actor, firm: Enterprise) -> Any:
    """Cases that concern the firm, and those of projects in which it invests or which it carries out. Open ones and the
    latest first, so that the limit cuts off what is over longest."""
    projects = Project.objects.filter(Q(investor=firm) | Q(company=firm))
    keys = Case.objects.filter(enterprise=firm).values("pk").union(projects.values("push__case_id"))
    return (
        visible_cases(actor)
        .filter(pk__in=keys, case_type__in=shown_types())
        .select_related("host_unit", "host_person")
        .order_by("-is_open", "-opened_on", "-pk")[:CASES]
    )


# ---- what is shown -----------------------------------------------------------------------------------------------


def _subtitle(firm: Enterprise) -> str:
    parts = [
        firm.code or "",
        getattr(firm, "leading_name", "") or "",
        firm.place.name if firm.place else "",
        _("%(year)s年设立") % {"year": firm.registered_on.year} if firm.registered_on else "",
    ]
    return "　".join(part for part in parts if part)


def _actions(firm: Enterprise) -> list[Action]:
    return [
        Action(_("变更经营状态"), reverse("enterprise_status", args=[firm.pk]), drawer=True),
        Action(_("修改登记"), reverse("enterprise_change", args=[firm.pk]), main=True, drawer=True),
    ]


def _facts_panel(file: EnterpriseFile) -> FactsPanel:
    firm = file.firm
    since: date | None = getattr(firm, "status_on", None)
    parent = next(iter(file.words_of("parent")), None)
    place_href = reverse("place", args=[firm.place_id]) if firm.place_id else ""
    facts = [
        Fact(
            _("经营状态"),
            firm.get_status_display(),
            note=_("%(on)s起") % {"on": since} if since else "",
        ),
        Fact(_("统一社会信用代码"), firm.code or _("未登记")),
        Fact(_("成立日期"), date_text(firm.registered_on)),
        Fact(_("注册资本"), money_text(firm.capital_yuan, 2)),
        Fact(_("行业"), industry_words(firm), wide=True),
        Fact(_("主导产业"), getattr(firm, "leading_name", "") or ""),
        Fact(_("所属镇街园区"), firm.place.name if firm.place else "", href=place_href),
        Fact(_("注册地址"), firm.address, wide=True),
        Fact(_("实际经营地址"), firm.real_address, wide=True),
        Fact(_("主营业务"), firm.business, wide=True),
        Fact(
            _("母公司"),
            parent.text if parent else "",
            href=reverse("enterprise", args=[parent.key]) if parent else "",
        ),
        Fact(_("所属集团"), firm.group_name),
    ]
    return FactsPanel(title=_("基本情况"), id="facts", facts=facts)


def _subsidiaries(file: EnterpriseFile) -> list[ListPanel]:
    found = sorted(file.words_of("subsidiary"), key=lambda word: word.text)
    if not found:
        return []
    items = [ListItem(word.text, reverse("enterprise", args=[word.key])) for word in found[:FAMILY]]
    note = _("%(count)s家") % {"count": len(found)}
    return [ListPanel(title=_("下属企业"), note=note, id="subsidiaries", items=items)]


def _leads_panel(file: EnterpriseFile) -> ListPanel:
    items = [
        ListItem(
            tie.name,
            reverse("official", args=[tie.key]),
            LeadAssignment(role=tie.role).role_label(),
            note=_("%(unit)s，%(on)s起") % {"unit": tie.about, "on": tie.from_on},
        )
        for tie in file.ties
        if tie.kind == "lead"
    ]
    return ListPanel(title=_("挂钩"), id="leads", items=items, empty=_("没有挂钩领导或联络员。"))


def _chains_panel(file: EnterpriseFile) -> ListPanel:
    items = [
        ListItem(
            tie.name,
            reverse("chain", args=[tie.key]),
            MemberRole(tie.role).label,
            note=_("%(node)s，%(on)s入链") % {"node": tie.about, "on": tie.from_on},
        )
        for tie in file.ties
        if tie.kind == "chain"
    ]
    return ListPanel(title=_("产业链"), id="chains", items=items, empty=_("没有入链。"))


def _tags_panel(file: EnterpriseFile, day: date, *, may_write: bool) -> TablePanel:
    rows = []
    for word in file.words_of("enterprise_tag"):
        if word.to_on is None or word.to_on > day:
            ending = may_write and word.to_on is None
            href = reverse("enterprise_tag_end", args=[file.firm.pk, word.key]) if ending else ""
            cells = {
                "word": Cell(word.text),
                "from_on": Cell(date_text(word.from_on)),
                "end": Cell(_("去掉") if href else "", href=href),
            }
            rows.append(Row(str(word.key), cells))
    columns = [
        Column("word", _("标签"), "name", phone="show"),
        Column("from_on", _("起始日期"), "date", phone="show"),
        *([Column("end", _("处理"), phone="show")] if may_write else []),
    ]
    end = None
    if may_write:
        end = PanelEnd(_("加标签"), reverse("enterprise_tag_new", args=[file.firm.pk]), drawer=True)
    table = Table(_("标签"), columns, rows, len(rows))
    return TablePanel(title=_("标签"), id="tags", end=end, table=table, empty=_("没有标签。"))


def _former_panel(file: EnterpriseFile, *, may_write: bool) -> ListPanel:
    items = [
        ListItem(word.text, side=_("至%(on)s") % {"on": word.to_on} if word.to_on else _("停用日期不详"))
        for word in file.words_of("former_name")
    ]
    end = None
    if may_write:
        href = reverse("enterprise_former_name_new", args=[file.firm.pk])
        end = PanelEnd(_("加曾用名"), href, drawer=True)
    return ListPanel(title=_("曾用名"), id="former", end=end, items=items, empty=_("没有曾用名。"))


def _cases_panel(file: EnterpriseFile, day: date) -> TablePanel:
    """By ledger; within one as they were read."""
    order: Mapping[str, int] = {code: place for place, code in enumerate(shown_types())}
    rows = []
    for case in sorted(file.cases, key=lambda item: order[item.case_type]):
        procedure = case_type_of(case).procedure
        state = procedure.state(case.state)
        late = case.is_open and case.due_on is not None and case.due_on < day
        cells = {
            "title": Cell(case.title, href=case_href(case), note=case.number),
            "ledger": Cell(ledger_of(case.case_type).name, note=str(procedure.label)),
            "who": Cell(str(case.host_unit or ""), note=str(case.host_person or "")),
            "opened_on": Cell(date_text(case.opened_on)),
            "due_on": Cell(date_text(case.due_on) if case.is_open else "", alarm=late),
            "state": Cell(
                _("%(state)s，已超时") % {"state": state.label} if late else state.label,
                lamp="red" if late else "",
                note=str(procedure.result_label(case.result)) if case.result else "",
            ),
        }
        rows.append(Row(case.number, cells))
    columns = [
        Column("title", _("办件"), "name", phone="show"),
        Column("ledger", _("台账"), phone="show"),
        Column("who", _("责任"), phone="show"),
        Column("opened_on", _("开始日期"), "date"),
        Column("due_on", _("到期日"), "date", phone="show"),
        Column("state", _("状态"), "lamp", phone="show"),
    ]
    count = len(file.cases)
    note = _("%(count)s件，在办%(open)s件") % {
        "count": count,
        "open": sum(case.is_open for case in file.cases),
    }
    if count == CASES:
        note = _("只列最近%(count)s件") % {"count": count}
    empty = _("没有您可以查看的办件。")
    table = Table(_("办件"), columns, rows, count, empty=empty)
    return TablePanel(title=_("办件"), note=note, id="cases", table=table, empty=empty)
