"""A unit ends: it is merged into another one, or closed when nothing is left in it."""

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import NotAllowed, Refused
from wutong.cases.act import act_many
from wutong.cases.handover.passing import moment_of
from wutong.cases.models import Assignment, Case
from wutong.cases.procedures import HAND_OVER_VERB
from wutong.cases.steps import Step, Succession
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.days import require_not_before, require_not_future
from wutong.registers.organisation.models import (
    Official,
    Oversight,
    Post,
    PostHolding,
    TeamMember,
    Unit,
    UnitKind,
)
from wutong.registers.organisation.rights import HAND_OVER, MANAGE
from wutong.registers.organisation.services import leave_teams
from wutong.registers.organisation.unit_services import lock_units, require_open, rewrite_paths


@transaction.atomic
def merge_units(
    unit: Unit, successor: Unit, *, actor: Actor, on: date, now: datetime, reason: str = ""
) -> Unit:
    """The unit ends on a day and everything of it goes on in the successor: people, posts, units below, teams, who has
    it in charge, and its part in open cases. Its name and its history stay."""
    _require_rights(actor, MANAGE, HAND_OVER)
    lock_units()
    unit.refresh_from_db()
    successor.refresh_from_db()
    require_open(unit)
    require_open(successor)
    require_not_future(on, now)
    require_not_before(on, unit.valid_from, _("设立日期"))
    if successor.path.startswith(unit.path):
        raise Refused(
            _("%(unit)s不能并入自己或自己的下级单位。") % {"unit": unit.name},
            fields={"successor": _("请选另一个单位")},
        )
    members = list(TeamMember.objects.filter(team=unit, to_on__isnull=True))
    if members and successor.kind != UnitKind.TEAM:
        raise Refused(
            _("%(unit)s还有%(count)s名组员，招商组只能并入招商组。")
            % {"unit": unit.name, "count": len(members)},
            fields={"successor": _("请选一个招商组")},
        )
    by = actor.account
    _pass_seats(unit, successor, actor, on, now, reason)
    _move_people(unit, successor, by, on, now)
    _move_members(members, successor, on)
    _move_oversights(unit, successor, by, on, now)
    for child in list(Unit.objects.filter(parent=unit, valid_to__isnull=True).order_by("pk")):
        record(child, {"parent": successor}, actor=by, effective_on=on, now=now, verb="move", reason=reason)
        rewrite_paths(child.path, f"{successor.path}{child.pk}/", actor=by, on=on, now=now)
    old_path = unit.path
    facts = {"valid_to": on, "successor": successor}
    record(unit, facts, actor=by, effective_on=on, now=now, verb="merge", reason=reason)
    # What the unit did stays visible to those who carry on: its path now lies below the successor.
    rewrite_paths(old_path, f"{successor.path}{unit.pk}/", actor=by, on=on, now=now)
    unit.refresh_from_db()
    return unit


@transaction.atomic
def close_unit(unit: Unit, *, actor: Actor, on: date, now: datetime, reason: str = "") -> Unit:
    """The unit ends on a day without a successor. Raises Refused while people, units or open cases are left, and says
    how many."""
    _require_rights(actor, MANAGE)
    lock_units()
    unit.refresh_from_db()
    require_open(unit)
    require_not_future(on, now)
    require_not_before(on, unit.valid_from, _("设立日期"))
    left = _what_is_left(unit, on)
    if left:
        raise Refused(
            _("%(unit)s还有%(left)s，不能撤销。请先调走人员、移交办件，或把它并入另一个单位。")
            % {"unit": unit.name, "left": "、".join(left)}
        )
    in_charge = list(Oversight.objects.filter(unit=unit, to_on__isnull=True))
    ended = [Fact(item, {"to_on": max(on, item.from_on)}) for item in in_charge]
    record_many(ended, actor=actor.account, effective_on=on, now=now, verb="end")
    return record(
        unit, {"valid_to": on}, actor=actor.account, effective_on=on, now=now, verb="close", reason=reason
    )


def _require_rights(actor: Actor, *rights: str) -> None:
    if not actor.is_system and not all(actor.has(right) for right in rights):
        raise NotAllowed(_("您没有管理组织机构的权限。工作需要的，请向安全管理员申请。"))


def _what_is_left(unit: Unit, on: date) -> list[str]:
    """In words, what keeps a unit from being closed."""
    officials = Official.objects.filter(unit=unit).exclude(to_on__lte=on).count()
    members = TeamMember.objects.filter(team=unit).exclude(to_on__lte=on).count()
    children = Unit.objects.filter(parent=unit, valid_to__isnull=True).count()
    numbers = list(
        Case.objects.filter(assignments__unit=unit, assignments__to_on__isnull=True, is_open=True)
        .order_by("number")
        .values_list("number", flat=True)
        .distinct()
    )
    words = []
    if officials:
        words.append(_("%(count)s名在职人员") % {"count": officials})
    if members:
        words.append(_("%(count)s名组员") % {"count": members})
    if children:
        words.append(_("%(count)s个下级单位") % {"count": children})
    if numbers:
        first = "、".join(numbers[:5]) + (_("等") if len(numbers) > 5 else "")
        words.append(_("%(count)s件在办办件（%(numbers)s）") % {"count": len(numbers), "numbers": first})
    return words


def _pass_seats(unit: Unit, successor: Unit, actor: Actor, on: date, now: datetime, reason: str) -> None:
    """The successor takes the unit's place in every open case; who works on it in person stays."""
    seats: dict[int, list[Succession]] = defaultdict(list)
    cases: dict[int, Case] = {}
    open_seats = Assignment.objects.filter(unit=unit, to_on__isnull=True, case__is_open=True)
    for seat in open_seats.select_related("case", "person").order_by("case", "pk"):
        cases[seat.case_id] = seat.case
        seats[seat.case_id].append(Succession(seat, successor, seat.person))
    late = sorted(case.number for case in cases.values() if case.changed_on > on)
    if late:
        raise Refused(
            _("这些办件在%(on)s之后还有变更，不能按那一天合并：%(numbers)s。请改用较晚的日期。")
            % {"on": on, "numbers": "、".join(late[:10])}
        )
    words = _("%(unit)s并入%(successor)s") % {"unit": unit.name, "successor": successor.name}
    told = f"{words}：{reason}" if reason.strip() else words
    steps = [
        Step(
            case,
            HAND_OVER_VERB,
            on,
            reason=told,
            successions=seats[key],
            effective_at=moment_of(case, on, now),
        )
        for key, case in cases.items()
    ]
    act_many(steps, actor=actor, now=now)


def _move_people(unit: Unit, successor: Unit, by: Account | None, on: date, now: datetime) -> None:
    """Officials and posts. Where the successor has a post of that title, its holders join those there."""
    people = list(
        Official.objects.select_for_update().filter(unit=unit).exclude(to_on__lte=on).order_by("pk")
    )
    record_many(
        [Fact(item, {"unit": successor}) for item in people],
        actor=by,
        effective_on=on,
        now=now,
        verb="transfer",
    )
    there = {post.title: post for post in Post.objects.filter(unit=successor)}
    posts = list(Post.objects.filter(unit=unit).order_by("pk"))
    moved = [Fact(post, {"unit": successor}) for post in posts if post.title not in there]
    record_many(moved, actor=by, effective_on=on, now=now, verb="move")
    doubled = {
        post.pk: there[post.title] for post in posts if post.title in there and post.unit_id == unit.pk
    }
    holdings = PostHolding.objects.filter(post__in=doubled, to_on__isnull=True).order_by("pk")
    record_many(
        [Fact(item, {"post": doubled[item.post_id]}) for item in holdings], actor=by, effective_on=on, now=now,
        verb="move",
    )  # fmt: skip


def _move_members(members: list[TeamMember], successor: Unit, on: date) -> None:
    leave_teams(members, on=on)
    present = set(
        TeamMember.objects.filter(team=successor, to_on__isnull=True).values_list("official_id", flat=True)
    )
    TeamMember.objects.bulk_create(
        TeamMember(
            team=successor,
            official_id=item.official_id,
            is_leader=item.is_leader,
            from_on=max(on, item.from_on),
        )
        for item in members
        if item.official_id not in present
    )


def _move_oversights(unit: Unit, successor: Unit, by: Account | None, on: date, now: datetime) -> None:
    open_ones = Oversight.objects.filter(unit=unit, to_on__isnull=True).select_related("official")
    held = list(open_ones.order_by("pk"))
    known = set(
        Oversight.objects.filter(unit=successor, to_on__isnull=True).values_list("official_id", flat=True)
    )
    ended = [Fact(item, {"to_on": max(on, item.from_on)}) for item in held]
    record_many(ended, actor=by, effective_on=on, now=now, verb="end")
    begun = [
        Fact(
            Oversight(),
            {"official": item.official, "unit": successor, "from_on": max(on, item.from_on)},
        )
        for item in held
        if item.official_id not in known
    ]
    record_many(begun, actor=by, effective_on=on, now=now, verb="put_in_charge")
