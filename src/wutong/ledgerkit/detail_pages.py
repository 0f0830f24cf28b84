"""The page of one case: stage bar, what is missing, clocks, responsibility, sub-cases, timeline, files."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote

from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from wutong.base.files.queries import read_file
from wutong.cases.context import valid_changes
from wutong.cases.diagram import diagram_rows, draw_procedure
from wutong.cases.gates import GateFacts, GateItem, evaluate, rules_on
from wutong.cases.models import Assignment, Case, Change, Clock, Evidence, EvidenceCheck
from wutong.cases.procedures import (
    BACK,
    CLOCK_VERBS,
    CORRECT_VERB,
    FOLLOW_VERB,
    STAY,
    Procedure,
    Transition,
    main_states,
)
from wutong.cases.registry import case_type_of, latest
from wutong.cases.who import is_allowed
from wutong.ledgerkit.clock_panel import clock_entries, clock_panel, moment_shown
from wutong.ledgerkit.ledger import CasePages, Ledger, changes_reaching
from wutong.ledgerkit.list_pages import found_pages
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.registry import pages_of
from wutong.ledgerkit.viewer import as_of, now_of, today_of, viewer
from wutong.registers.organisation.actors import Actor, memberships_on
from wutong.ui.nodes_chart import Node, NodesPanel
from wutong.ui.pages import Action, Crumb, DetailPage
from wutong.ui.panels import (
    Block,
    DiagramPanel,
    FactsPanel,
    GateLine,
    GatePanel,
    ListItem,
    ListPanel,
    PanelEnd,
    Step,
    StepsBar,
    TablePanel,
    TimelineEntry,
    TimelinePanel,
)
from wutong.ui.tables import Cell, Column, LampColour, Row, Table


@dataclass(frozen=True)
class CaseFile:
    """Everything the page of one case shows, read with a fixed number of queries."""

    ledger: Ledger
    pages: CasePages
    procedure: Procedure
    actor: Actor
    case: Case
    detail: Any
    assignments: Sequence[Assignment]
    clocks: Sequence[Clock]
    changes: Sequence[Change]
    evidence: Sequence[Evidence]
    children: Sequence[Case]

    @property
    def assignments_open(self) -> list[Assignment]:
        return [item for item in self.assignments if item.to_on is None]


def find_detail(request: HttpRequest, slug: str, number: str) -> tuple[Ledger, CasePages, Any]:
    """The detail row with its case, or 404: a foreign row does not exist for whoever may not see it."""
    ledger, pages = found_pages(slug)
    if "\0" in number:
        raise Http404  # PostgreSQL takes no such text, not even to compare with
    visible = visible_cases(viewer(request), pages.case_type).filter(number=number)
    detail = pages.details().filter(case__in=visible).first()
    if detail is None:
        raise Http404
    return ledger, pages, detail


def read_case(request: HttpRequest, slug: str, number: str) -> CaseFile:
    ledger, pages, detail = find_detail(request, slug, number)
    case: Case = detail.case
    procedure = case_type_of(case).procedure
    latest_check = (
        EvidenceCheck.objects.filter(evidence=OuterRef("pk")).order_by("-pk").values("is_accepted")[:1]
    )
    children: Sequence[Case] = ()
    if pages.children:
        children = list(
            Case.objects.filter(parent=case)
            .select_related("host_unit", "host_person")
            .order_by("-opened_on", "-pk")
        )
    actor = viewer(request)
    assignments, own_teams = _assignments(case, actor)
    return CaseFile(
        ledger,
        pages,
        procedure,
        replace(actor, known_teams=own_teams),
        case,
        detail,
        assignments,
        list(Clock.objects.filter(case=case).order_by("started_on", "pk")) if procedure.clocks else [],
        list(Change.objects.filter(case=case).select_related("actor").order_by("seq")),
        list(
            Evidence.objects.filter(case=case)
            .select_related("file", "uploaded_by")
            .annotate(accepted=Subquery(latest_check))
            .order_by("-pk")
        ),
        children,
    )


def _assignments(case: Case, actor: Actor) -> tuple[list[Assignment], frozenset[int]]:
    """Who held which role, and which of these units are the reader's own teams: one query for both."""
    assert actor.on is not None, "a reader has a day"
    own = memberships_on(actor.on).filter(official=actor.official_id, team=OuterRef("unit"))
    found: list[Any] = list(
        Assignment.objects.filter(case=case)
        .select_related("unit", "person")
        .annotate(is_own_team=Exists(own))
        .order_by("-from_on", "-pk")
    )
    return found, frozenset(item.unit_id for item in found if item.is_own_team)


def case_detail(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    file = read_case(request, slug, number)
    actor, day = file.actor, as_of(request)
    extras = file.pages.extras(file.detail, actor, day)
    gate = gate_items(file, day)
    main: list[Block] = []
    if gate is not None:
        main.append(_gate_panel(file, actor, *gate))
    if file.clocks:
        shown = moment_shown(day, now_of(request), today_of(request))
        main.append(clock_panel(file.clocks, file.procedure, file.changes, shown))
    if extras.planned:
        main.append(_nodes_panel(file, extras.planned, day))
    if file.pages.children:
        main.append(_children_panel(file, actor, day))
    main += extras.panels
    main += [_timeline(file), _diagram(file)]
    page = DetailPage(
        title=extras.title,
        crumbs=[
            Crumb(file.ledger.menu_group),
            Crumb(file.pages.listing.title, reverse("case_list", args=[slug])),
            Crumb(file.case.number),
        ],
        lamp=extras.lamp.colour if extras.lamp else "",
        lamp_text=extras.lamp.text if extras.lamp else "",
        lamp_reason=extras.lamp.reason if extras.lamp else "",
        actions=[*extras.actions, *_actions(file, actor, gate)],
        steps=_steps(file, extras.planned),
        main=main,
        side=[
            FactsPanel(title=_("基本情况"), facts=extras.facts),
            _responsibility(file),
            *extras.side,
            _files(file),
        ],
    )
    return render(request, "ui/detail.html", {"page": page})


def gate_items(file: CaseFile, on: date) -> tuple[Transition, list[GateItem]] | None:
    """The next gated step and its items; None when no gate lies ahead."""
    nexts = [item for item in file.procedure.leads_from(file.case.state) if item.gate]
    if not nexts:
        return None
    transition = next((item for item in nexts if item.main), nexts[0])
    facts = facts_from(file)
    rules = [rule for rule in rules_on([file.case.case_type], on) if rule.state == transition.target]
    return transition, evaluate(rules, facts)


def facts_from(file: CaseFile) -> GateFacts:
    """The same facts as the engine reads, from rows the page has read already."""
    handed_in: Counter[str] = Counter()
    verified: Counter[str] = Counter()
    for item in file.evidence:
        if item.accepted is not False:  # type: ignore[attr-defined]
            handed_in[item.kind] += 1
        if item.accepted:  # type: ignore[attr-defined]
            verified[item.kind] += 1
    kind = case_type_of(file.case)
    return kind.facts_of_detail(file.detail, handed_in, verified)


def _gate_panel(file: CaseFile, actor: Actor, transition: Transition, items: list[GateItem]) -> GatePanel:
    missing = [item for item in items if item.state != "ok"]
    upload = next((t for t in file.procedure.leads_from(file.case.state) if t.accepts_evidence), None)
    check = next((t for t in file.procedure.leads_from(file.case.state) if t.checks), None)
    lines = []
    for item in sorted(items, key=lambda item: ["missing", "waiting", "ok"].index(item.state)):
        label, href = "", ""
        if item.state == "waiting" and check and is_allowed(actor, check.who, file.assignments_open):
            label, href = _("核验"), act_href(file, check.verb)
        elif (
            item.state == "missing"
            and item.kind in {"document", "approval"}
            and upload
            and is_allowed(actor, upload.who, file.assignments_open)
        ):
            label, href = _("上传"), f"{act_href(file, upload.verb)}?kind={item.item}"
        note = _("待他人核验") if item.state == "waiting" else item.provider
        lines.append(GateLine(item.state, item.label, note, label, href))
    target = file.procedure.state(transition.target).label
    title = (
        _("离“%(state)s”还缺%(count)s项") % {"state": target, "count": len(missing)}
        if missing
        else _("“%(state)s”的条件已齐") % {"state": target}
    )
    return GatePanel(
        title=title,
        note=_("准入条件%(edition)s") % {"edition": items[0].edition} if items else "",
        end=PanelEnd(_("%(all)s项中%(ok)s项已具备") % {"all": len(items), "ok": len(items) - len(missing)}),
        id="gate",
        items=lines,
        empty=_("这一步没有设准入条件。"),
    )


def act_href(file: CaseFile, verb: str) -> str:
    return reverse("case_act", args=[file.pages.slug, file.case.number, verb])


def _actions(file: CaseFile, actor: Actor, gate: tuple[Transition, list[GateItem]] | None) -> list[Action]:
    """Buttons of the steps that the actor may take now. One whose gate is not passed leads to what is missing."""
    actions = []
    for item in file.procedure.leads_from(file.case.state):
        if item.verb == CORRECT_VERB or not is_allowed(actor, item.who, file.assignments_open):
            continue
        blocked = (
            gate is not None
            and item.gate
            and gate[0].target == item.target
            and any(line.state != "ok" for line in gate[1])
        )
        actions.append(
            Action(
                item.label,
                act_href(file, item.verb),
                main=item.main,
                stop=_ends_aside_the_way(file.procedure, item),
                disabled_by="gate" if blocked else "",
                drawer=True,
            )
        )
    return actions


def _ends_aside_the_way(procedure: Procedure, transition: Transition) -> bool:
    """An act that ends the case without leading where its way leads."""
    if transition.main or transition.target in {STAY, BACK}:
        return False
    state = procedure.state(transition.target)
    return state.kind == "closed" and not state.on_way


def _steps(file: CaseFile, planned: dict[str, date] | Any) -> StepsBar | None:
    states = main_states(file.procedure)
    if len(states) < 3:
        return None
    valid = valid_changes(file.changes)
    reached = {state.code: changes_reaching(valid, state.code) for state in states}
    codes = [state.code for state in states]
    done_until = max((index for index, code in enumerate(codes) if reached[code]), default=-1)
    steps = []
    for index, state in enumerate(states):
        change = reached[state.code]
        if change is not None:
            note = change.effective_on.isoformat()
        elif state.code in planned:
            note = _("计划%(on)s") % {"on": planned[state.code]}
        else:
            note = "—"
        kind = "done" if index <= done_until else ("current" if index == done_until + 1 else "todo")
        steps.append(Step(state.label, note, kind))  # type: ignore[arg-type]
    return StepsBar(steps)


def _nodes_panel(file: CaseFile, planned: Any, day: date) -> NodesPanel:
    valid = valid_changes(file.changes)
    nodes = []
    for state in main_states(file.procedure):
        change = changes_reaching(valid, state.code)
        plan = planned.get(state.code)
        if change is not None or plan is not None:
            nodes.append(Node(state.label, plan, change.effective_on if change else None))
    return NodesPanel(title=_("节点：计划与实际"), id="nodes", nodes=nodes, as_of=day)


def _children_panel(file: CaseFile, actor: Actor, day: date) -> TablePanel:
    rows = []
    for child in file.children:
        pages, procedure = pages_of(child.case_type), case_type_of(child).procedure
        state = procedure.state(child.state)
        who = str(child.host_person or child.host_unit or "")
        unit = str(child.host_unit) if child.host_person else ""
        late = child.is_open and child.due_on is not None and child.due_on < day
        lamp: LampColour = "red" if late else ("green" if state.kind == "closed" else "grey")
        rows.append(
            Row(
                child.number,
                {
                    "title": Cell(
                        child.title,
                        href=reverse("case_detail", args=[pages.slug, child.number]),
                        note=child.number,
                    ),
                    "who": Cell(who, note=unit),
                    "due": Cell(child.due_on.isoformat() if child.due_on else "—", alarm=late),
                    "state": Cell(_("已超时") if late else state.label, lamp=lamp),
                },
            )
        )
    columns = (
        Column("title", _("问题"), "name"),
        Column("who", _("责任"), phone="show"),
        Column("due", _("时限"), "date", phone="show"),
        Column("state", _("状态"), "lamp", phone="show"),
    )
    end = None
    for code in file.pages.children:
        pages = pages_of(code)
        procedure = latest(code).procedure
        if (
            pages.opening
            and file.case.is_open
            and is_allowed(actor, procedure.may_open, file.assignments_open)
        ):
            href = reverse("case_open", args=[file.pages.slug, file.case.number, pages.slug])
            end = PanelEnd(pages.opening.label, href, drawer=True)
            break
    open_count = sum(child.is_open for child in file.children)
    return TablePanel(
        title=_("问题与整改"),
        note=_("%(count)s个未销号") % {"count": open_count},
        id="children",
        end=end,
        table=Table(_("问题与整改"), columns, rows, len(rows), empty=_("没有登记问题。")),
    )


def _diagram(file: CaseFile) -> DiagramPanel:
    return DiagramPanel(
        title=_("流程"),
        note=_("第%(version)s版") % {"version": file.procedure.version},
        id="procedure",
        svg=mark_safe(draw_procedure(file.procedure, file.case.state)),  # noqa: S308
        headings=[_("从"), _("动作"), _("到")],
        text_rows=diagram_rows(file.procedure),
    )


def _label_of(file: CaseFile, change: Change, transition: Transition | None) -> str:
    if transition is not None:
        return str(transition.label)
    if change.verb == FOLLOW_VERB:
        return _("随企业合并或拆回")
    return _("登记为“%(state)s”") % {"state": file.procedure.state(change.state_after).label}


def _timeline(file: CaseFile) -> TimelinePanel:
    entries = []
    replaced = {change.replaces_id for change in file.changes if change.replaces_id}
    for change in reversed(file.changes):
        if change.verb in CLOCK_VERBS:
            entries += clock_entries(file.procedure, change)
            continue
        transition = file.procedure.transition(change.verb)
        label = _label_of(file, change, transition)
        if change.pk in replaced:
            label = _("%(label)s（已被更正）") % {"label": label}
        who = change.actor.display_name if change.actor else _("系统")
        words = change.snapshot.get("data", {}).get("latest_progress") or change.reason
        moved = change.state_after != change.state_before
        late = change.snapshot.get("corrects")
        note = "，".join(
            part
            for part in (
                str(words or "").rstrip("。"),
                _("原日期%(was)s") % {"was": change.snapshot["was"]} if late else "",
                _("佐证%(count)s份") % {"count": len(change.snapshot["evidence"])}
                if change.snapshot.get("evidence")
                else "",
                who,
            )
            if part
        )
        entries.append(TimelineEntry(change.effective_on, label, note, "key" if moved else ""))
    correct = file.procedure.transition(CORRECT_VERB)
    end = None
    if (
        correct is not None
        and file.case.is_open
        and is_allowed(file.actor, correct.who, file.assignments_open)
    ):
        end = PanelEnd(correct.label, act_href(file, correct.verb), drawer=True)
    return TimelinePanel(title=_("全过程"), id="timeline", end=end, entries=entries)


def _responsibility(file: CaseFile) -> ListPanel:
    items = []
    order = {role.code: index for index, role in enumerate(file.procedure.roles)}
    for item in sorted(file.assignments, key=lambda item: (item.to_on is not None, order.get(item.role, 99))):
        name = f"{item.unit}，{item.person}" if item.person else str(item.unit)
        items.append(
            ListItem(
                name,
                side=file.procedure.role_label(item.role),
                note=_("%(start)s 至 %(end)s") % {"start": item.from_on, "end": item.to_on}
                if item.to_on
                else _("%(start)s 至今") % {"start": item.from_on},
            )
        )
    return ListPanel(title=_("责任"), note=_("按时间段"), items=items)


def _files(file: CaseFile) -> ListPanel:
    items = []
    for item in file.evidence:
        accepted = item.accepted  # type: ignore[attr-defined]
        side, css = {
            None: (_("待核验"), "warn"),
            True: (_("已核验"), "dim"),
            False: (_("未认可"), "alarm"),
        }[accepted]
        kind = file.procedure.evidence_label(item.kind)
        items.append(
            ListItem(
                item.name,
                reverse("case_file", args=[file.pages.slug, file.case.number, item.pk]),
                side,
                css,
                f"{kind}，{item.dated_on}，SHA-256 {item.file.sha256[:8]}…",
            )
        )
    return ListPanel(title=_("文件"), note=_("%(count)s份") % {"count": len(items)}, id="files", items=items)


def case_file(request: HttpRequest, slug: str, number: str, evidence_id: int) -> HttpResponse:
    """A file of a case the actor may see; it is checked against its SHA-256 before it is given out."""
    _ledger, _pages, detail = find_detail(request, slug, number)
    evidence = Evidence.objects.filter(case=detail.case, pk=evidence_id).select_related("file").first()
    if evidence is None:
        raise Http404
    response = HttpResponse(read_file(evidence.file), content_type=evidence.file.content_type)
    response["Content-Disposition"] = (
        f"attachment; filename=\"file\"; filename*=UTF-8''{quote(evidence.name)}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
