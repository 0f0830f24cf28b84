"""Units, people, accounts and who is in charge of what in the sample zone. All names are invented."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wutong.base.accounts.models import Account
from wutong.base.accounts.services import create_account, grant_role
from wutong.registers.organisation.actors import Actor, actor_of
from wutong.registers.organisation.models import Official, Unit
from wutong.registers.organisation.post_services import RosterRow, appoint_many
from wutong.registers.organisation.reach_services import arrange_stand_in, put_in_charge
from wutong.registers.organisation.services import join_team, open_unit
from wutong.sample import names

ZONE_OPENED = date(2015, 6, 1)


@dataclass(frozen=True)
class Zone:
    """What the later parts of the builder need of the earlier ones."""

    units: dict[str, Unit]
    officials: dict[str, Official]
    actors: dict[str, Actor]


def build_organisation(today: date, now: datetime) -> Zone:
    def unit(code: str, name: str, kind: str, parent: Unit | None) -> Unit:
        return open_unit(code=code, name=name, kind=kind, parent=parent, actor=None, on=ZONE_OPENED, now=now)

    root = unit("root", names.ZONE, "committee", None)
    units = {"root": root}
    for kind, rows in (
        ("department", names.DEPARTMENTS),
        ("town", names.TOWNS),
        ("company", names.COMPANIES),
    ):
        units |= {code: unit(code, name, kind, root) for code, name in rows}
    units |= {code: unit(code, name, "team", units["investment"]) for code, name in names.TEAMS}
    roster = [
        RosterRow(
            f"WT{number:04d}",
            name,
            units[unit_code],
            post,
            phone=f"1380000{number:04d}",
            account=_account(login, name, role, today, now) if login else None,
        )
        for number, (login, name, unit_code, post, role) in enumerate(names.OFFICIALS, start=1)
    ]
    officials = {
        official.name: official for official in appoint_many(roster, actor=None, on=ZONE_OPENED, now=now)
    }
    actors = {
        account.name: actor_of(account, today)
        for account in Account.objects.filter(official__isnull=False).select_related("official__unit")
    }
    for login, name, role in names.OFFICERS:
        _account(login, name, role, today, now)
    _more_staff(units, officials, now)
    for code, member in (("new_energy", "宋一鸣"), ("health", "白雪"), ("equipment", "何佳"), ("it", "邵宁")):
        join_team(units[code], officials[member], is_leader=True, on=ZONE_OPENED)
    for leader, codes in names.IN_CHARGE:
        for code in codes:
            put_in_charge(officials[leader], units[code], actor=None, on=ZONE_OPENED, now=now)
    arrange_stand_in(
        officials["许可欣"], officials["郑海川"], from_on=today, to_on=today + timedelta(days=7),
        reason="外出培训（示例）", actor=None, now=now,
    )  # fmt: skip
    return Zone(units, officials, actors)


def _more_staff(units: Mapping[str, Unit], officials: dict[str, Official], now: datetime) -> None:
    """Two people in every unit that has nobody yet, the first its head."""
    staffed = {official.unit_id for official in officials.values()}
    given = itertools.cycle(names.GIVEN)
    surnames = itertools.cycle(names.SURNAMES)
    rows = [
        RosterRow(
            f"WT{number:04d}", next(surnames) + next(given), unit, "负责人" if is_head else "科员", is_head,
            f"1370000{number:04d}",
        )
        for number, (unit, is_head) in enumerate(
            ((unit, is_head) for unit in units.values() if unit.pk not in staffed for is_head in (True, False)), 101
        )
    ]  # fmt: skip
    for official in appoint_many(rows, actor=None, on=ZONE_OPENED, now=now):
        officials.setdefault(official.name, official)


def _account(login: str, name: str, role: str, today: date, now: datetime) -> Account:
    account, _password = create_account(login, name, now)
    grant_role(account, role, None, today, now)
    return account
