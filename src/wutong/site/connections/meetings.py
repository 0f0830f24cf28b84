"""What meetings speak about and what becomes of their decisions.

The meeting decides; the recorder writes it down. He needs no right of the other ledger for that: the authority of the
meeting is lent to him for the one act, and the change names him, the meeting and the decision.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.errors import Refused
from wutong.cases.act import act
from wutong.cases.models import Assignment, Case, Change
from wutong.cases.procedures import ASIDE_OF_LIFE
from wutong.cases.steps import Holder
from wutong.ledgerkit.policy import visible_cases
from wutong.ledgerkit.timeline import TimelineSource, declare_timeline
from wutong.ledgers.meetings.declared import (
    AgendaSource,
    DecisionKind,
    Ordered,
    Proposed,
    Written,
    declare_kind,
    declare_source,
)
from wutong.ledgers.meetings.queries import told_about
from wutong.ledgers.project_push.models import (
    ProjectPush,
    Rectification,
)
from wutong.ledgers.project_push.services import open_rectification
from wutong.ledgers.project_push.stalled.queries import Stalled, stalled_projects
from wutong.ledgers.supervision_orders.services import issue_order
from wutong.registers.organisation.actors import SYSTEM, Actor
from wutong.registers.organisation.models import Official, Unit
from wutong.ui.panels import TimelineEntry

PROJECT, RECTIFICATION = ProjectPush.case_type, Rectification.case_type
RECTIFY, REASSIGN, ORDER, NOTE = "rectify", "reassign", "order", "note"


# ---- what is spoken about --------------------------------------------------------------------------------------


def stalled_items(actor: Actor, as_of: date) -> list[Proposed]:
    """Projects that shine red or yellow."""
    lit = [item for item in stalled_projects(actor, as_of) if item.verdict.colour in {"red", "yellow"}]
    leaders = dict(Case.objects.filter(pk__in=[item.case_id for item in lit]).values_list("pk", "leader"))
    return [
        Proposed(
            item.case_id,
            item.number,
            leaders[item.case_id],
            item.verdict.colour,
            item.reason(),
            _days_over(item),
        )
        for item in lit
    ]


def _days_over(item: Stalled) -> int:
    return max(0, int(item.verdict.lamp.over or 0))


def overdue_items(actor: Actor, as_of: date) -> list[Proposed]:
    """Projects with rectifications past their day, each project once."""
    late = (
        visible_cases(actor, RECTIFICATION)
        .filter(is_open=True, due_on__lt=as_of, parent__case_type=PROJECT, parent__is_open=True)
        .filter(parent__in=visible_cases(actor, PROJECT))
        .select_related("parent")
        .order_by("due_on", "pk")
    )
    by_project: dict[int, list[Case]] = {}
    for case in late:
        assert case.parent_id is not None
        by_project.setdefault(case.parent_id, []).append(case)
    return [_overdue_item(cases, as_of) for cases in by_project.values()]


def _overdue_item(cases: Sequence[Case], as_of: date) -> Proposed:
    first, project = cases[0], cases[0].parent
    assert project is not None
    assert first.due_on is not None
    days = (as_of - first.due_on).days
    told = {"count": len(cases), "title": first.title, "days": days}
    words = _("整改“%(title)s”超时%(days)s天") % told
    if len(cases) > 1:
        words = _("%(count)s项整改超时，最久的“%(title)s”已%(days)s天") % told
    return Proposed(project.pk, project.number, project.leader_id, "red", words, days)


# ---- what becomes of a decision --------------------------------------------------------------------------------


def lent(actor: Actor, *rights: str) -> Actor:
    """The same person, with what the meeting lends him for one act."""
    return replace(actor, rights=actor.rights | set(rights), memo={})


def seats_of(project: Case) -> dict[str, Assignment]:
    rows = Assignment.objects.filter(case=project, to_on__isnull=True).select_related("unit", "person")
    return {row.role: row for row in rows}


def holder(role: str, unit: Unit | None, person: Official | None) -> Holder:
    assert unit is not None, "the kind asks for a unit"
    return Holder(role, unit, person)


CLASSES = (
    ("land", ("土地", "用地", "净地", "地块", "征拆", "摘牌")),
    ("review", ("环评", "能评", "节能", "环境影响")),
    ("permit", ("许可", "施工证", "规划", "审图")),
    ("money", ("资金", "贷款", "融资", "到位", "银行")),
    ("investor", ("投资方", "股权", "股东")),
    ("labour", ("用工", "招工", "人才")),
    ("market", ("市场", "订单", "销路")),
)
"""Words of a decision that tell what holds the project up."""


def blocking_class(order: Ordered) -> str:
    """By the words of the decision, else as the problem that the project has already, else permits."""
    for code, words in CLASSES:
        if any(word in order.text for word in words):
            return code
    known = Rectification.objects.filter(case__parent=order.about).order_by("-case__is_open", "-pk").first()
    return known.blocking_class if known else "permit"


def open_decided_rectification(order: Ordered, actor: Actor, on: date, now: datetime) -> Written:
    """The project's lead official and verifier come along; nobody checks what he answers for."""
    _require_project(order)
    assert order.due_on is not None, "the kind asks for a day"
    seats = seats_of(order.about)
    leader, verifier = seats.get("lead_official"), seats.get("verifier")
    if verifier is not None and verifier.person_id == (order.person.pk if order.person else None):
        verifier = None
    case = open_rectification(
        order.about,
        problem=order.text[:200],
        blocking_class=blocking_class(order),
        measure=order.text[:500],
        host=holder("host", order.unit, order.person),
        due_on=order.due_on,
        verifier=Holder("verifier", verifier.unit, verifier.person) if verifier else None,
        leader=Holder("lead_official", leader.unit, leader.person) if leader else None,
        actor=lent(actor, "project_push.rectify"),
        on=on,
        now=now,
        reason=order.reason,
    )
    return Written(case, case.last_seq)


def _require_project(order: Ordered) -> None:
    if order.about.case_type != PROJECT:
        message = _("%(number)s不是项目，这里只能记录或督办。") % {"number": order.about.number}
        raise Refused(message, fields={"kinds": message})


def give_responsibility(order: Ordered, actor: Actor, on: date, now: datetime) -> Written:
    """The unit answers for the project from the day of the meeting on, or from its last change when that is later."""
    _require_project(order)
    case = Case.objects.get(pk=order.about.pk)
    done = act(
        case,
        "reassign",
        actor=lent(actor, "project_push.assign"),
        now=now,
        effective_on=max(on, case.changed_on),
        holders=[holder("host", order.unit, order.person)],
        reason=order.reason,
    )
    return Written(done.case, done.change.seq)


def take_responsibility_back(written: Written, actor: Actor, on: date, now: datetime, reason: str) -> None:
    """To whom it was before, unless somebody has changed it since."""
    case = Case.objects.get(pk=written.case.pk)
    moves = Change.objects.filter(case=case, snapshot__has_key="holders").order_by("seq")
    hosts = [
        (change.seq, item)
        for change in moves
        for item in change.snapshot["holders"]
        if item["role"] == "host"
    ]
    given = [seq for seq, _item in hosts]
    if written.seq not in given:
        return  # it was theirs already
    if given[-1] != written.seq:
        raise Refused(_("%(number)s的责任后来又调整过，请在项目页上调整。") % {"number": case.number})
    before = next(item for seq, item in reversed(hosts) if seq < written.seq)
    unit = Unit.objects.get(pk=before["unit"])
    person = Official.objects.filter(pk=before["person"]).first() if before["person"] else None
    act(
        case,
        "reassign",
        actor=lent(actor, "project_push.assign"),
        now=now,
        effective_on=max(on, case.changed_on),
        holders=[Holder("host", unit, person)],
        reason=reason,
    )


def issue_decided_order(order: Ordered, actor: Actor, on: date, now: datetime) -> Written:
    """Ordered by the chair. What the same decision made a rectification is where the order comes from."""
    seats = seats_of(order.about)
    supervisor = seats.get("verifier")
    holders = [holder("host", order.unit, order.person)]
    if order.chair is not None:
        holders.append(Holder("lead_official", order.chair.unit, order.chair))
    if supervisor is not None and supervisor.person_id != (order.person.pk if order.person else None):
        holders.append(Holder("supervisor", supervisor.unit, supervisor.person))
    case = issue_order(
        matter=order.text[:200],
        demand=order.text[:500],
        holders=holders,
        source=order.made.get(RECTIFY, order.about),
        actor=lent(actor, "supervision.issue"),
        on=on,
        now=now,
        reason=order.reason,
    )
    if order.due_on is not None:
        # The day is the meeting's, also where the recorder's own unit is the one that has to answer.
        case = act(
            case, "set_due", actor=SYSTEM, now=now, effective_on=on, due_on=order.due_on, reason=order.reason
        ).case
    return Written(case, case.last_seq)


def revoke(right: str, written: Written, actor: Actor, on: date, now: datetime, reason: str) -> None:
    """The case is revoked as long as nobody has worked on it."""
    case = Case.objects.get(pk=written.case.pk)
    since = Change.objects.filter(case=case, seq__gt=written.seq).exclude(verb__in=ASIDE_OF_LIFE)
    if not case.is_open or since.exists():
        raise Refused(
            _("%(number)s已经有人办理，不能随决定撤回。请在它的页面上处理；这里只能改文字。")
            % {"number": case.number}
        )
    act(
        case,
        "revoke",
        actor=lent(actor, right),
        now=now,
        effective_on=max(on, case.changed_on),
        reason=reason,
    )


def meeting_lines(case: Case, actor: Actor, _as_of: date) -> list[TimelineEntry]:
    """What meetings decided about a case or made of it, on the days of the meetings."""
    lines = []
    for decision, opens_meeting in told_about(case, actor):
        meeting = decision.meeting
        who = "，".join(str(part) for part in (decision.unit, decision.person) if part)
        due = _("时限%(due)s") % {"due": decision.due_on} if decision.due_on else ""
        lines.append(
            TimelineEntry(
                meeting.meeting_on,
                _("%(meeting)s决定：%(text)s") % {"meeting": meeting.title, "text": decision.text},
                "，".join(part for part in (who, due) if part),
                "key",
                reverse("case_detail", args=["meetings", meeting.case.number]) if opens_meeting else "",
            )
        )
    return lines


declare_timeline(
    TimelineSource("meetings", meeting_lines, case_types=(PROJECT, RECTIFICATION, "supervision_order"))
)
declare_source(AgendaSource("stalled", gettext_lazy("亮灯"), stalled_items))
declare_source(AgendaSource("overdue", gettext_lazy("超时整改"), overdue_items))
declare_kind(
    DecisionKind(
        RECTIFY,
        gettext_lazy("整改"),
        ("unit", "due_on"),
        open_decided_rectification,
        lambda *told: revoke("project_push.assign", *told),
    )
)
declare_kind(
    DecisionKind(
        REASSIGN,
        gettext_lazy("责任"),
        ("unit",),
        give_responsibility,
        take_responsibility_back,
        is_followed=False,
    )
)
declare_kind(
    DecisionKind(
        ORDER,
        gettext_lazy("督办"),
        ("unit",),
        issue_decided_order,
        lambda *told: revoke("supervision.issue", *told),
    )
)
declare_kind(DecisionKind(NOTE, gettext_lazy("仅记录"), is_followed=False))
