"""A roster (花名册) as a workbook: units, the people in them, and while the zone is being set up their accounts.

Afterwards accounts come from the system officer and roles from the security officer, never from a workbook.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from wutong.base.accounts.models import Account
from wutong.base.accounts.roles import all_roles
from wutong.base.accounts.services import NAME as LOGIN_NAME
from wutong.base.accounts.services import create_account, fold_name, grant_role
from wutong.base.zone.queries import is_in_setup
from wutong.desk.register_imports.firms import Problem, in_columns
from wutong.desk.register_imports.roster_sheet import SHEET, YES
from wutong.exchange.intake import Intake, IntakeRow
from wutong.ledgerkit.ledger import Importing, ImportNotes
from wutong.registers.organisation.actors import Actor
from wutong.registers.organisation.models import Official, Unit, UnitKind
from wutong.registers.organisation.post_services import RosterRow, appoint_many
from wutong.registers.organisation.unit_services import UnitRow, open_units

SEPARATORS = re.compile(r"[、,，;；/\s]+")
KIND_ENDINGS = (
    (UnitKind.TEAM, ("组",)),
    (UnitKind.TOWN, ("镇", "街道", "乡", "街道办事处", "管理处")),
    (UnitKind.COMPANY, ("公司", "集团")),
)


@dataclass(frozen=True)
class PlannedUnit:
    """A unit that the roster names and nobody has opened yet; `parent` is a name, empty for the root of the zone."""

    name: str
    kind: str
    parent: str


@dataclass
class Plan:
    """What a roster becomes. `units` are new ones by name; `known` are the rows of people who are on the roster
    already, by row number."""

    units: dict[str, PlannedUnit] = field(default_factory=dict)
    known: dict[int, Official] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    logins: dict[int, str] = field(default_factory=dict)
    roles: dict[int, list[str]] = field(default_factory=dict)


def plan_roster(rows: Sequence[IntakeRow], *, with_accounts: bool) -> Plan:
    """Read against the register as it is now; a few queries, whatever the number of rows."""
    plan = Plan()
    units = {unit.name: unit for unit in Unit.objects.filter(valid_to__isnull=True)}
    _plan_units(rows, units, plan)
    officials = list(Official.objects.filter(to_on__isnull=True).select_related("unit"))
    by_number = {official.staff_no: official for official in officials}
    by_seat = {(official.name, official.unit.name): official for official in officials}
    for row in rows:
        values = row.values
        official = by_number.get(values.get("staff_no") or "") or by_seat.get(
            (values["name"], values["unit"])
        )
        if official is None:
            continue
        if official.name != values["name"]:
            words = _("工号已是“%(name)s”的") % {"name": official.name}
            plan.problems.append((row.number, "staff_no", words))
        else:
            plan.known[row.number] = official
    if with_accounts:
        _plan_accounts(rows, plan)
    return plan


def _plan_units(rows: Sequence[IntakeRow], units: Mapping[str, Unit], plan: Plan) -> None:
    named = {row.values["unit"] for row in rows}
    for row in rows:
        name, parent = row.values["unit"], row.values.get("parent") or ""
        planned = plan.units.get(name)
        if parent and parent not in units and parent not in named:
            words = _("没有叫“%(name)s”的单位，“单位”列里也没有") % {"name": parent}
            plan.problems.append((row.number, "parent", words))
        elif parent == name:
            plan.problems.append((row.number, "parent", _("单位不能是自己的上级")))
        elif planned is not None and parent and planned.parent not in {"", parent}:
            words = _("“%(unit)s”在别的行里写的上级单位是“%(parent)s”") % {
                "unit": name,
                "parent": planned.parent,
            }
            plan.problems.append((row.number, "parent", words))
        elif name not in units and (planned is None or not planned.parent):
            plan.units[name] = PlannedUnit(name, row.values.get("kind") or kind_of(name), parent)


def kind_of(name: str) -> str:
    """What kind of unit a name stands for."""
    for kind, endings in KIND_ENDINGS:
        if name.endswith(endings):
            return str(kind.value)
    return str(UnitKind.DEPARTMENT.value)


def _code_of(name: str) -> str:
    """A code that the same name always gets: what is written for it in a workbook need not be known."""
    letters = "".join(lazy_pinyin(unicodedata.normalize("NFKC", name)))
    return re.sub(r"[^a-z0-9]", "", letters.lower())[:24] or "unit"


def _plan_accounts(rows: Sequence[IntakeRow], plan: Plan) -> None:
    roles = {role.name: role for role in all_roles()}
    taken = set(Account.objects.values_list("name", flat=True))
    for row in rows:
        if row.number in plan.known:
            continue
        named = [name for name in SEPARATORS.split(row.values.get("roles") or "") if name]
        unknown = [name for name in named if name not in roles or roles[name].is_officer]
        if unknown:
            words = _("没有角色“%(name)s”，可以写：%(roles)s") % {
                "name": "、".join(unknown),
                "roles": "、".join(role.name for role in roles.values() if not role.is_officer),
            }
            plan.problems.append((row.number, "roles", words))
            continue
        login = fold_name(row.values.get("login") or "")
        if login and login in taken:
            plan.problems.append((row.number, "login", _("登录名“%(name)s”已有人用") % {"name": login}))
        elif login and not LOGIN_NAME.fullmatch(login):
            plan.problems.append((row.number, "login", _("登录名应为2至60个字母、数字、汉字或 . _ - @")))
        elif login or named:
            login = login or _free_login(row.values["name"], taken)
            taken.add(login)
            plan.logins[row.number] = login
            plan.roles[row.number] = [roles[name].code for name in named]


def _free_login(name: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(name)).lower()) or "user"
    base = base if len(base) > 1 else f"{base}0"
    number, login = 1, base
    while login in taken:
        number += 1
        login = f"{base}{number}"
    return login


def check_rows(intake: Intake) -> Sequence[Problem]:
    """What only the register knows: parents, roles and login names, staff numbers of others."""
    readable = [row for row in intake.rows if row.values.get("name") and row.values.get("unit")]
    return in_columns(
        [*plan_roster(readable, with_accounts=is_in_setup()).problems, *_doubled_numbers(readable)], intake
    )


def _doubled_numbers(rows: Sequence[IntakeRow]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for row in rows:
        number = row.values.get("staff_no")
        if number and number in seen:
            yield row.number, "staff_no", _("与第%(row)s行的工号相同") % {"row": seen[number]}
        elif number:
            seen[number] = row.number


def notes_on(intake: Intake, *, source: str, on: date) -> ImportNotes:
    """What becomes of each accepted row."""
    in_setup = is_in_setup()
    plan = plan_roster(intake.accepted, with_accounts=in_setup)
    rows = {}
    for row in intake.accepted:
        words = [_("已在花名册，不重复登记") if row.number in plan.known else _("新登记")]
        if row.values["unit"] in plan.units:
            unit = plan.units[row.values["unit"]]
            words.append(
                _("新设单位“%(unit)s”（%(kind)s）") % {"unit": unit.name, "kind": UnitKind(unit.kind).label}
            )
        if row.number in plan.logins:
            words.append(_("建账号“%(login)s”") % {"login": plan.logins[row.number]})
        elif not in_setup and (row.values.get("roles") or row.values.get("login")):
            words.append(_("账号由系统管理员另建，角色由安全管理员授予"))
        rows[row.number] = "；".join(words)
    return ImportNotes(rows=rows)


@transaction.atomic
def import_rows(rows: Iterable[IntakeRow], *, actor: Actor, now: datetime, on: date, source: str) -> int:
    """Units first, then people, then in a set-up their accounts; returns how many people are new."""
    taken = list(rows)
    in_setup = is_in_setup()
    plan = plan_roster(taken, with_accounts=in_setup)
    new = [row for row in taken if row.number not in plan.known]
    open_units(_unit_rows(plan.units), actor=actor.account, on=on, now=now)
    units = {unit.name: unit for unit in Unit.objects.filter(valid_to__isnull=True)}
    accounts = {row.number: _account(row, plan, on, now) for row in new if row.number in plan.logins}
    numbers = _staff_numbers(len([row for row in new if not row.values.get("staff_no")]))
    people: dict[date, list[RosterRow]] = {}
    for row in new:
        values: dict[str, Any] = row.values
        people.setdefault(min(values.get("from_on") or on, on), []).append(
            RosterRow(
                staff_no=values.get("staff_no") or next(numbers),
                name=values["name"],
                unit=units[values["unit"]],
                post=values.get("post") or "",
                is_head=values.get("is_head") == YES,
                phone=values.get("phone") or "",
                account=accounts.get(row.number),
            )
        )
    for day, batch in sorted(people.items()):
        appoint_many(batch, actor=actor.account, on=day, now=now)
    return len(new)


def _unit_rows(planned: Mapping[str, PlannedUnit]) -> list[UnitRow]:
    """The planned units with codes; two names that are spelt alike get different ones."""
    known = {unit.name: unit.code for unit in Unit.objects.filter(valid_to__isnull=True)}
    root = Unit.objects.filter(parent__isnull=True, valid_to__isnull=True).order_by("pk").first()
    taken = set(Unit.objects.values_list("code", flat=True))
    codes: dict[str, str] = {}
    for name in planned:
        code, number = _code_of(name), 1
        while code in taken:
            number += 1
            code = f"{_code_of(name)}{number}"
        taken.add(code)
        codes[name] = code
    above = {"": root.code if root else ""} | known | codes
    return [UnitRow(codes[unit.name], unit.name, unit.kind, above[unit.parent]) for unit in planned.values()]


def _account(row: IntakeRow, plan: Plan, on: date, now: datetime) -> Account:
    """Its one-time password is thrown away: the slips of the set-up make a new one."""
    account, _password = create_account(plan.logins[row.number], row.values["name"], now)
    for code in plan.roles[row.number]:
        grant_role(account, code, None, on, now)
    return account


def _staff_numbers(count: int) -> Iterator[str]:
    """Numbers for people whom the roster gives none."""
    taken = (
        set(Official.objects.filter(staff_no__startswith="WT").values_list("staff_no", flat=True))
        if count
        else set()
    )
    number = 0
    while True:
        number += 1
        if f"WT{number:04d}" not in taken:
            yield f"WT{number:04d}"


IMPORTING = Importing(
    sheet=SHEET, right="organisation.manage", check=check_rows, write=import_rows, notes=notes_on
)
