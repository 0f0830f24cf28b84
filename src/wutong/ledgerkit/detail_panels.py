"""The panels of the page of one case, each from what the page has read: stage bar, nodes, sub-cases, responsibility,
files, the drawing of the procedure, and the buttons of its head."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from wutong.cases.clocks.charging import Charge, charge_clock, holding_of
from wutong.cases.clocks.counting import stretches_of
from wutong.cases.clocks.rows import state_of_row
from wutong.cases.clocks.scales import Counting
from wutong.cases.clocks.words import ticks_words
from wutong.cases.context import valid_changes
from wutong.cases.diagram import diagram_rows, draw_procedure
from wutong.cases.models import Assignment, Case, Change, ClockSegment
from wutong.cases.procedures import (
    BACK,
    CORRECT_VERB,
    STAY,
    Procedure,
    Transition,
    main_states,
)
from wutong.cases.registry import case_type_of, latest
from wutong.cases.who import is_allowed
from wutong.ledgerkit.gate_panel import Gate, offers
from wutong.ledgerkit.ledger import ChildWords, changes_reaching
from wutong.ledgerkit.registry import pages_of
from wutong.registers.organisation.actors import Actor
from wutong.ui.nodes_chart import Node, NodesPanel
from wutong.ui.pages import Action
from wutong.ui.panels import DiagramPanel, ListItem, ListPanel, PanelEnd, Step, StepsBar, TablePanel
from wutong.ui.tables import Cell, Column, LampColour, Row, Table, Text

if TYPE_CHECKING:
    from wutong.ledgerkit.detail_pages import CaseFile


def act_href(file: "CaseFile", verb: str) -> str:
    return reverse("case_act", args=[file.pages.slug, file.case.number, verb])


def page_actions(file: "CaseFile", actor: Actor, gate: Gate | None) -> list[Action]:
    """Buttons of the steps that the actor may take now. One whose gate is not passed leads to what is missing."""
    actions = []
    for item in file.procedure.leads_from(file.case.state):
        if item.verb == CORRECT_VERB or not is_allowed(actor, item.who, file.assignments_open):
            continue
        if not offers(gate, item):
            continue
        blocked = gate is not None and gate.refuses(item)
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


def steps_bar(file: "CaseFile", planned: Mapping[str, date]) -> StepsBar | None:
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


def nodes_panel(
    file: "CaseFile", planned: Mapping[str, date], nodes: Sequence[Node], day: date
) -> NodesPanel:
    """Planned against actual: the states of the case, or the nodes that the ledger gives instead."""
    shown = list(nodes)
    if not shown:
        valid = valid_changes(file.changes)
        for state in main_states(file.procedure):
            change = changes_reaching(valid, state.code)
            plan = planned.get(state.code)
            if change is not None or plan is not None:
                shown.append(Node(state.label, plan, change.effective_on if change else None))
    return NodesPanel(title=_("节点：计划与实际"), id="nodes", nodes=shown, as_of=day)


def reopened_count(changes: Sequence[Change]) -> int:
    """How often a case was taken up again after it had been closed."""
    if not changes:
        return 0
    kinds = {state.code: state.kind for state in case_type_of(changes[0].case).procedure.states}
    return sum(
        kinds.get(change.state_before) == "closed" and kinds[change.state_after] != "closed"
        for change in valid_changes(changes)
    )


def children_panel(file: "CaseFile", words: Mapping[int, ChildWords], actor: Actor, day: date) -> TablePanel:
    """Sub-cases with who answers for them, when they are due, how they stand and how often they came back."""
    rows, reopened = [], 0
    for child in file.children:
        again = reopened_count(file.related.get(child.pk, ()))
        reopened += again
        rows.append(_child_row(child, words.get(child.pk, ChildWords()), again, day))
    columns = [
        Column("title", _("问题"), "name"),
        Column("who", _("责任"), phone="show"),
        Column("due", _("时限"), "date", phone="show"),
        Column("state", _("状态"), "lamp", phone="show"),
    ]
    if any(item.doing for item in words.values()):
        columns.insert(1, Column("doing", _("整改"), "long", phone="show"))
    count = sum(child.is_open for child in file.children)
    note = _("%(count)s个未销号") % {"count": count}
    if reopened:
        note = _("%(note)s，重开%(times)s次") % {"note": note, "times": reopened}
    return TablePanel(
        title=_("问题与整改"),
        note=note,
        id="children",
        end=_open_child(file, actor),
        table=Table(_("问题与整改"), columns, rows, len(rows), empty=_("没有登记问题。")),
    )


def _child_row(child: Case, words: ChildWords, again: int, day: date) -> Row:
    pages, procedure = pages_of(child.case_type), case_type_of(child).procedure
    state = procedure.state(child.state)
    who = str(child.host_person or child.host_unit or "")
    unit = str(child.host_unit) if child.host_person else ""
    late = child.is_open and child.due_on is not None and child.due_on < day
    lamp: LampColour = "red" if late else ("green" if state.kind == "closed" else "grey")
    note = str(words.note or child.number)
    if again:
        note = _("%(note)s，重开%(times)s次") % {"note": note, "times": again}
    href = reverse("case_detail", args=[pages.slug, child.number])
    return Row(
        child.number,
        {
            "title": Cell(child.title, href=href, note=note),
            "doing": Cell(words.doing),
            "who": Cell(who, note=unit),
            "due": Cell(child.due_on.isoformat() if child.due_on else "—", alarm=late),
            "state": Cell(_("已超时") if late else state.label, lamp=lamp),
        },
    )


def _open_child(file: "CaseFile", actor: Actor) -> PanelEnd | None:
    """The way to open a sub-case, for whoever may."""
    for code in file.pages.children:
        pages, procedure = pages_of(code), latest(code).procedure
        if (
            pages.opening
            and file.case.is_open
            and is_allowed(actor, procedure.may_open, file.assignments_open)
        ):
            href = reverse("case_open", args=[file.pages.slug, file.case.number, pages.slug])
            return PanelEnd(pages.opening.label, href, drawer=True)
    return None


def diagram_panel(file: "CaseFile") -> DiagramPanel:
    return DiagramPanel(
        title=_("流程"),
        note=_("第%(version)s版") % {"version": file.procedure.version},
        id="procedure",
        svg=mark_safe(draw_procedure(file.procedure, file.case.state)),  # noqa: S308
        headings=[_("从"), _("动作"), _("到")],
        text_rows=diagram_rows(file.procedure),
    )


def correct_end(file: "CaseFile") -> PanelEnd | None:
    """The way to correct a day, for whoever may."""
    correct = file.procedure.transition(CORRECT_VERB)
    if correct is None or not file.case.is_open:
        return None
    if not is_allowed(file.actor, correct.who, file.assignments_open):
        return None
    return PanelEnd(correct.label, act_href(file, correct.verb), drawer=True)


def responsibility_panel(
    file: "CaseFile", late: Mapping[int, Text], counting: Counting | None, day: date, at: datetime
) -> ListPanel:
    """Who held which role from when to when, for how many days, and how much of it was late. `late` says it by
    assignment where the ledger knows; else it follows from the clocks of the case."""
    charged = late or (late_words(file, counting, at) if counting else {})
    items = []
    order = {role.code: index for index, role in enumerate(file.procedure.roles)}
    for item in sorted(file.assignments, key=lambda item: (item.to_on is not None, order.get(item.role, 99))):
        name = f"{item.unit}，{item.person}" if item.person else str(item.unit)
        until = item.to_on or max(day, item.from_on)
        words = _("%(start)s 至 %(end)s") if item.to_on else _("%(start)s 至今")
        parts = [
            words % {"start": item.from_on, "end": item.to_on},
            _("持有%(days)s天") % {"days": (until - item.from_on).days},
        ]
        if item.pk in charged:
            parts.append(_("其中超期%(late)s") % {"late": charged[item.pk]})
        side = file.procedure.role_label(item.role)
        items.append(ListItem(name, side=side, note="，".join(parts)))
    return ListPanel(title=_("责任"), note=_("按时间段"), id="responsibility", items=items)


def late_words(file: "CaseFile", counting: Counting, at: datetime) -> dict[int, str]:
    """How late the clocks of the case were while each of its hosts (or a helper who was waited for) had it, by
    assignment. Stretches that are over are asked for only when one of them was late."""
    late = [
        clock
        for clock in file.clocks
        if clock.missed_on is not None
        or (clock.ended_on is None and clock.due_on and clock.due_on < at.date())
    ]
    over = [clock.pk for clock in late if clock.late]
    rows = list(ClockSegment.objects.filter(clock__in=over).order_by("pk")) if over else []
    held = [item for item in file.assignments if item.role == "host" or item.is_awaited]
    found: dict[int, str] = {}
    for clock in late:
        state = state_of_row(clock)
        if clock.late:
            own = [row for row in rows if row.clock_id == clock.pk]
            state = replace(state, stretches=stretches_of(clock, own))
        ticks: Counter[int] = Counter()
        for charge in charge_clock(counting, clock, state, held, at).charges:
            holder = _held_by(counting, clock.unit, held, charge)
            if holder is not None:
                ticks[holder.pk] += charge.ticks
        for pk, count in ticks.items():
            words = ticks_words(clock.unit, count)
            found[pk] = f"{found[pk]}、{words}" if pk in found else words
    return found


def _held_by(counting: Counting, unit: str, held: Sequence[Assignment], charge: Charge) -> Assignment | None:
    """The assignment that a charge belongs to."""
    for item in held:
        holding = holding_of(counting, unit, item)
        is_then = holding.start <= charge.start and (holding.end is None or charge.start < holding.end)
        if holding.key == charge.key and is_then:
            return item
    return None


def files_panel(file: "CaseFile") -> ListPanel:
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
