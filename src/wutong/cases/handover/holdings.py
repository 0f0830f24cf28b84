"""Everything that one person holds, in all ledgers and registers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wutong.base.accounts.models import RoleGrant
from wutong.base.errors import Refused
from wutong.base.notices.models import Notice
from wutong.cases.handover.models import HeldKind
from wutong.cases.models import Assignment, Case, Task
from wutong.cases.registry import find_type
from wutong.registers.leads.models import LeadAssignment
from wutong.registers.organisation.models import Official, Oversight, PostHolding, StandIn, TeamMember


@dataclass(frozen=True)
class Held:
    """One thing that is held. `row` is the assignment, lead, membership … itself."""

    kind: HeldKind
    row: Any
    label: str
    case: Case | None = None

    @property
    def key(self) -> tuple[str, int]:
        return self.kind.value, self.row.pk


@dataclass(frozen=True)
class Holdings:
    """`items` have to find another holder or an end. The rest is said for information: open tasks go with the roles,
    notices stay with the account, and roles of the account are ended by the security officer."""

    items: Sequence[Held]
    open_tasks: int
    unread_notices: int
    account_roles: Sequence[str]

    @property
    def is_empty(self) -> bool:
        return not self.items

    def counts(self) -> dict[HeldKind, int]:
        """How many of what, in the order of the kinds."""
        found = Counter(item.kind for item in self.items)
        return {kind: found[kind] for kind in HeldKind if found[kind]}


def holdings_of(official: Official, on: date) -> Holdings:
    """What the official holds on a day or is to hold later. Roles of closed cases are history and not held."""
    notices = 0
    roles: list[str] = []
    if official.account_id is not None:
        notices = Notice.objects.filter(recipient=official.account_id, read_at__isnull=True).count()
        grants = RoleGrant.objects.filter(account=official.account_id).filter(
            Q(to_on__isnull=True) | Q(to_on__gt=on)
        )
        roles = list(grants.order_by("role__name").values_list("role__name", flat=True))
    return Holdings(items_of(official, on), _open_tasks(official), notices, roles)


def items_of(official: Official, on: date) -> list[Held]:
    """The things alone: one query for each kind."""
    return [
        *_cases(official),
        *_leads(official, on),
        *_oversights(official, on),
        *_teams(official, on),
        *_stand_ins(official, on),
        *_posts(official, on),
    ]


def _lasting(found: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Intervals that go on after a day, begun or not. One without length never was."""
    return found.filter(Q(to_on__isnull=True) | Q(to_on__gt=on)).exclude(to_on=F("from_on"))


def _held_seats(official: Official) -> QuerySet[Assignment]:
    return Assignment.objects.filter(person=official, to_on__isnull=True, case__is_open=True)


def _cases(official: Official) -> Iterator[Held]:
    for seat in (
        _held_seats(official).select_related("case", "unit").order_by("case__case_type", "case", "pk")
    ):
        yield Held(HeldKind.CASE, seat, seat_label(seat), seat.case)


def seat_label(seat: Assignment) -> str:
    """Number, type and role. The title is shown only to those who may see the case."""
    case = seat.case
    kind = find_type(case.case_type, case.procedure_version)
    if kind is None:
        return f"{case.number} {case.case_type} {seat.role}"
    return f"{case.number} {kind.procedure.label} {kind.procedure.role_label(seat.role)}"


def _leads(official: Official, on: date) -> Iterator[Held]:
    found = _lasting(LeadAssignment.objects.filter(official=official), on)
    for lead in found.select_related("enterprise", "chain").order_by("pk"):
        yield Held(HeldKind.LEAD, lead, _lead_label(lead))


def _lead_label(lead: LeadAssignment) -> str:
    """A firm is named by its number only: which firm it is, is as secret as its projects may be."""
    if lead.chain is not None:
        return f"{lead.chain} {lead.role_label()}"[:200]
    return _("企业（登记号%(number)s）%(role)s") % {"number": lead.enterprise_id, "role": lead.role_label()}


def _oversights(official: Official, on: date) -> Iterator[Held]:
    found = _lasting(Oversight.objects.filter(official=official), on)
    for oversight in found.select_related("unit").order_by("pk"):
        yield Held(HeldKind.OVERSIGHT, oversight, oversight.unit.name)


def _teams(official: Official, on: date) -> Iterator[Held]:
    found = _lasting(TeamMember.objects.filter(official=official), on)
    for membership in found.select_related("team").order_by("pk"):
        role = _("组长") if membership.is_leader else _("成员")
        yield Held(HeldKind.TEAM, membership, f"{membership.team.name} {role}")


def _stand_ins(official: Official, on: date) -> Iterator[Held]:
    found = _lasting(StandIn.objects.filter(Q(official=official) | Q(stand_in=official)), on)
    for item in found.select_related("official", "stand_in").order_by("pk"):
        is_own = item.official_id == official.pk
        other = item.stand_in if is_own else item.official
        words = _("工号%(number)s，%(start)s至%(end)s") % {
            "number": other.staff_no,
            "start": item.from_on,
            "end": item.to_on,
        }
        yield Held(HeldKind.STOOD_IN if is_own else HeldKind.STANDS_IN, item, words)


def _posts(official: Official, on: date) -> Iterator[Held]:
    found = _lasting(PostHolding.objects.filter(official=official), on)
    for holding in found.select_related("post__unit").order_by("pk"):
        words = f"{holding.post.unit.name} {holding.post.title}（{holding.get_kind_display()}）"
        yield Held(HeldKind.POST, holding, words)


def _open_tasks(official: Official) -> int:
    seats = _held_seats(official).filter(case=OuterRef("case"), role=OuterRef("role"))
    return Task.objects.filter(Exists(seats), closed_on__isnull=True).count()


def count_words(kind: HeldKind, count: int) -> str:
    """How many of what: 12件办件, 1项挂钩."""
    if kind == HeldKind.CASE:
        return ngettext("%(count)s件办件", "%(count)s件办件", count) % {"count": count}
    words = ngettext("%(count)s项%(kind)s", "%(count)s项%(kind)s", count)
    return words % {"count": count, "kind": kind.label}


def require_nothing_held(official: Official, on: date) -> None:
    """Raises Refused while somebody who leaves holds anything besides posts, which end by themselves."""
    found: Counter[HeldKind] = Counter(
        item.kind for item in items_of(official, on) if item.kind != HeldKind.POST
    )
    if not found:
        return
    words = "、".join(count_words(kind, found[kind]) for kind in HeldKind if found[kind])
    raise Refused(
        _("%(name)s手上还有%(held)s，不能离任。请先在“组织”的“交接”里办完%(on)s的交接。")
        % {"name": official.name, "held": words, "on": on}
    )
