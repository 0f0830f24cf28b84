"""Officials: when they leave, their work stays and what is personal goes."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from wutong.base.errors import Refused
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.verify import faults
from wutong.registers.organisation.actors import actor_of
from wutong.registers.organisation.models import Official, Unit, UnitKind
from wutong.registers.organisation.services import (
    appoint_official,
    erase_official,
    join_team,
    leave_office,
    open_unit,
)

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NAME, PHONE = "示例工作人员己", "13955556666"


@pytest.fixture
def unit() -> Unit:
    return open_unit(
        code="works", name="示例建设部", kind=UnitKind.DEPARTMENT, parent=None, actor=None, on=ON, now=NOW
    )


@pytest.fixture
def official(unit: Unit) -> Official:
    return appoint_official(
        staff_no="T-1",
        name=NAME,
        unit=unit,
        post="科员",
        phone=PHONE,
        account=None,
        actor=None,
        on=ON,
        now=NOW,
    )


def stored_text() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM organisation_official")
        rows = cursor.fetchall()
    changes = list(RegisterChange.objects.values_list("snapshot", "reason", "verb"))
    return json.dumps([rows, changes], ensure_ascii=False, default=str)


def test_the_telephone_of_an_official_stands_nowhere_in_plain(official: Official) -> None:
    assert Official.objects.get().phone == PHONE
    assert PHONE not in stored_text()


def test_who_is_in_office_is_not_erased(official: Official) -> None:
    with pytest.raises(Refused, match="还在任"):
        erase_official(official, actor=None, reason="清理", on=ON, now=NOW)
    assert Official.objects.get().phone == PHONE


def test_who_left_is_erased_and_every_chain_stays_whole(official: Official) -> None:
    ciphertext = str(Official.objects.values_list("phone", flat=True).get())
    name = official.name
    leave_office(official, actor=None, on=date(2026, 4, 1), now=NOW)
    erase_official(official, actor=None, reason="离任满期限", on=date(2026, 5, 1), now=NOW)
    gone = Official.objects.get()
    assert (gone.staff_no, gone.name, gone.phone) == ("T-1", "已清除", "")
    assert ciphertext not in stored_text()
    assert name not in stored_text()
    assert list(faults()) == []
    verbs = (
        RegisterChange.objects.filter(entry_kind="official").order_by("seq").values_list("verb", flat=True)
    )
    assert list(verbs) == ["appoint", "leave", "erase"]


def test_an_account_whose_official_has_left_acts_without_a_role(unit: Unit) -> None:
    from wutong.base.accounts.testing import make_account

    account = make_account("ji.mou", display_name="己某")
    official = appoint_official(
        staff_no="T-2", name="己某", unit=unit, post="", phone="", account=account, actor=None, on=ON, now=NOW
    )
    leave_office(official, actor=None, on=date(2026, 4, 1), now=NOW)
    fresh = type(account).objects.get(pk=account.pk)
    assert actor_of(fresh, date(2026, 3, 31)).official_id == official.pk
    assert actor_of(fresh, date(2026, 4, 1)).official_id is None


def test_only_a_team_has_members(unit: Unit, official: Official) -> None:
    with pytest.raises(Refused, match="不是招商组"):
        join_team(unit, official, is_leader=False, on=ON)


def test_a_path_is_the_way_from_the_root(unit: Unit) -> None:
    child = open_unit(
        code="c", name="示例科", kind=UnitKind.DEPARTMENT, parent=unit, actor=None, on=ON, now=NOW
    )
    assert child.path == f"{unit.path}{child.pk}/" == f"/{unit.pk}/{child.pk}/"
    assert list(faults()) == []
