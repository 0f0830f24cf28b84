"""Writes of the organisation: units begin, officials come and go, teams are joined and left."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.history.services import Fact, record, record_many
from wutong.registers.organisation.models import Official, PostHolding, TeamMember, Unit, UnitKind

LeavingCheck = Callable[[Official, date], None]
"""Raises Refused while the official still holds what somebody else has to take over first."""

_leaving_checks: list[LeavingCheck] = []


def check_before_leaving(check: LeavingCheck) -> None:
    """Declare a check of `leave_office`; what is held lies mostly in packages above this one."""
    if check not in _leaving_checks:
        _leaving_checks.append(check)


@transaction.atomic
def open_unit(
    *,
    code: str,
    name: str,
    kind: str,
    parent: Unit | None,
    actor: Account | None,
    on: date,
    now: datetime,
) -> Unit:
    facts = {"code": code, "name": name, "kind": kind, "parent": parent, "valid_from": on}
    unit = record(Unit(), facts, actor=actor, effective_on=on, now=now, verb="open")
    path = f"{parent.path if parent else '/'}{unit.pk}/"
    return record(unit, {"path": path}, actor=actor, effective_on=on, now=now)


def appoint_official(
    *,
    staff_no: str,
    name: str,
    unit: Unit,
    post: str,
    phone: str,
    account: Account | None,
    actor: Account | None,
    on: date,
    now: datetime,
) -> Official:
    facts = {
        "staff_no": staff_no,
        "name": name,
        "unit": unit,
        "post": post,
        "phone": phone,
        "account": account,
        "from_on": on,
    }
    return record(Official(), facts, actor=actor, effective_on=on, now=now, verb="appoint")


def erase_official(
    official: Official, *, actor: Account | None, reason: str, on: date, now: datetime
) -> Official:
    """Remove the personal values of somebody who left; what the person did stays, under the staff number.

    个人信息保护法第四十七条: the purpose is reached, or the retention period is over.
    """
    if official.to_on is None:
        raise Refused(_("%(name)s还在任，不能清除个人信息；请先登记离任。") % {"name": official.name})
    facts = {"name": _("已清除"), "phone": ""}
    return record(official, facts, actor=actor, effective_on=on, now=now, verb="erase", reason=reason)


@transaction.atomic
def leave_office(official: Official, *, actor: Account | None, on: date, now: datetime) -> Official:
    """The last day was the one before `on`. Posts end with it; everything else must have been handed over before."""
    locked = Official.objects.select_for_update().get(pk=official.pk)
    if locked.to_on is not None and locked.to_on <= on:
        raise Refused(
            _("%(name)s已于%(on)s离任。") % {"name": locked.name, "on": locked.to_on},
        )
    if on < locked.from_on:
        raise Refused(
            _("离任日期早于任职日期（%(on)s）。") % {"on": locked.from_on},
            fields={"on": _("不能早于%(first)s") % {"first": locked.from_on}},
        )
    for check in _leaving_checks:
        check(official, on)
    end_posts(official, actor=actor, on=on, now=now)
    return record(official, {"to_on": on}, actor=actor, effective_on=on, now=now, verb="leave")


def end_posts(official: Official, *, actor: Account | None, on: date, now: datetime) -> None:
    """All posts of somebody end on a day."""
    held = list(
        PostHolding.objects.select_for_update().filter(official=official, to_on__isnull=True).order_by("pk")
    )
    facts = [Fact(holding, {"to_on": max(on, holding.from_on)}) for holding in held]
    record_many(facts, actor=actor, effective_on=on, now=now, verb="end")


@transaction.atomic
def join_team(team: Unit, official: Official, *, is_leader: bool, on: date) -> TeamMember:
    if team.kind != UnitKind.TEAM:
        raise Refused(_("%(unit)s不是招商组。") % {"unit": team.name})
    return TeamMember.objects.create(team=team, official=official, is_leader=is_leader, from_on=on)


def leave_teams(memberships: Sequence[TeamMember], *, on: date) -> None:
    """End memberships on a day; one that would begin later never begins."""
    for membership in memberships:
        membership.to_on = max(on, membership.from_on)
    TeamMember.objects.bulk_update(memberships, ["to_on"], batch_size=200)
