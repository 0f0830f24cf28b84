"""Writes of the organisation."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import Refused
from wutong.registers.history.services import record
from wutong.registers.organisation.models import Official, TeamMember, Unit, UnitKind


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


def leave_office(official: Official, *, actor: Account | None, on: date, now: datetime) -> Official:
    return record(official, {"to_on": on}, actor=actor, effective_on=on, now=now, verb="leave")


@transaction.atomic
def join_team(team: Unit, official: Official, *, is_leader: bool, on: date) -> TeamMember:
    if team.kind != UnitKind.TEAM:
        raise Refused(_("%(unit)s不是招商组。") % {"unit": team.name})
    return TeamMember.objects.create(team=team, official=official, is_leader=is_leader, from_on=on)
