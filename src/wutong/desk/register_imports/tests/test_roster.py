"""A roster becomes units, people and, while the zone is being set up, accounts. Names are invented."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from wutong.base.accounts.models import Account, RoleGrant
from wutong.base.zone.services import issue_setup_key
from wutong.desk.register_imports.roster import check_rows, import_rows, kind_of, notes_on
from wutong.desk.register_imports.roster_sheet import SHEET
from wutong.exchange.intake import Intake, take_in
from wutong.exchange.reading.grid import Grid
from wutong.ledgerkit.testing import Zone, make_zone
from wutong.registers.history.verify import faults
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.organisation.models import Official, PostHolding, Unit

pytestmark = pytest.mark.django_db
HEAD = ["姓名", "部门", "上级单位", "职务", "是否负责人", "登录名", "角色"]


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def in_setup(zone: Zone) -> None:
    issue_setup_key(zone.now)


def intake_of(*rows: Sequence[object], head: Sequence[object] = HEAD) -> Intake:
    intake = take_in([Grid("花名册", [list(head), *(list(row) for row in rows)])], SHEET)  # type: ignore[arg-type]
    return intake.with_problems(check_rows(intake))


def imported(zone: Zone, intake: Intake, on: date | None = None) -> int:
    return import_rows(intake.accepted, actor=SYSTEM, now=zone.now, on=on or zone.today, source="花名册")


def causes(intake: Intake) -> list[str]:
    return [problem.cause for problem in intake.problems]


def test_units_come_in_any_order_below_the_unit_that_is_named(zone: Zone) -> None:
    intake = intake_of(
        ["示例子", "示例三科", "示例新部", "科员", "", "", ""],
        ["示例丑", "示例新部", "", "部长", "是", "", ""],
        ["示例寅", "示例数字组", "示例新部", "组长", "是", "", ""],
    )
    assert causes(intake) == []
    assert imported(zone, intake) == 3
    section, department = Unit.objects.get(name="示例三科"), Unit.objects.get(name="示例新部")
    assert (section.parent, department.parent) == (department, zone.root)
    assert section.path.startswith(department.path)
    assert Unit.objects.get(name="示例数字组").kind == "team"
    head = PostHolding.objects.get(official__name="示例丑")
    assert (head.post.is_head, head.post.title) == (True, "部长")
    assert list(faults()) == []


def test_the_same_roster_again_changes_nothing(zone: Zone) -> None:
    rows = (["示例子", "示例新部", "", "科员", "", "", ""], ["示例丑", "示例经济部", "", "", "", "", ""])
    assert imported(zone, intake_of(*rows)) == 2
    units, people = Unit.objects.count(), Official.objects.count()
    assert imported(zone, intake_of(*rows)) == 0
    assert (Unit.objects.count(), Official.objects.count()) == (units, people)
    told = notes_on(intake_of(*rows), source="", on=zone.today).rows
    assert all("已在花名册" in str(words) for words in told.values())


def test_in_a_set_up_accounts_and_roles_come_with_the_roster(zone: Zone, in_setup: None) -> None:
    intake = intake_of(
        ["示例子", "示例经济部", "", "", "", "", "台账员、经办人"],
        ["示例子", "示例别部", "", "", "", "", "台账员"],
        ["示例丑", "示例经济部", "", "", "", "Chou.1", "经办人"],
        ["示例寅", "示例经济部", "", "", "", "", ""],
    )
    assert causes(intake) == []
    imported(zone, intake)
    accounts = dict(
        Official.objects.filter(name__startswith="示例", account__isnull=False).values_list(
            "account__name", "name"
        )
    )
    assert accounts.items() >= {"shilizi": "示例子", "shilizi2": "示例子", "chou.1": "示例丑"}.items()
    assert Official.objects.get(name="示例寅").account is None
    roles = RoleGrant.objects.filter(account__name="shilizi").values_list("role__code", flat=True)
    assert set(roles) == {"clerk", "handler"}
    assert Account.objects.get(name="shilizi").must_change_password


def test_after_the_set_up_a_roster_makes_no_account(zone: Zone) -> None:
    before = Account.objects.count()
    intake = intake_of(["示例子", "示例经济部", "", "", "", "zi", "台账员"])
    words = notes_on(intake, source="", on=zone.today).rows
    assert "由系统管理员另建" in str(next(iter(words.values())))
    imported(zone, intake)
    assert Account.objects.count() == before


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["示例子", "示例经济部", "没有的部", "", "", "", ""], "没有叫“没有的部”的单位"),
        (["示例子", "示例新部", "示例新部", "", "", "", ""], "自己的上级"),
        (["示例子", "示例经济部", "", "", "", "", "局长"], "没有角色“局长”"),
        (["示例子", "示例经济部", "", "", "", "", "审计员"], "没有角色“审计员”"),
        (["示例子", "示例经济部", "", "", "", "host", "台账员"], "已有人用"),
        (["示例子", "示例经济部", "", "", "", "!", "台账员"], "登录名应为"),
        (["示例子", "", "", "", "", "", ""], "必须填写"),
    ],
)
def test_a_wrong_row_is_refused_with_its_reason(
    zone: Zone, in_setup: None, row: list[object], words: str
) -> None:
    assert any(
        words in cause for cause in causes(intake_of(row, ["示例丑", "示例经济部", "", "", "", "", ""]))
    )


def test_two_rows_that_put_one_unit_below_two_others_are_told(zone: Zone) -> None:
    intake = intake_of(
        ["示例子", "示例新科", "示例经济部", "", "", "", ""],
        ["示例丑", "示例新科", "示例别部", "", "", "", ""],
    )
    assert any("“示例经济部”" in cause for cause in causes(intake))


def test_a_staff_number_of_somebody_else_is_refused(zone: Zone) -> None:
    head = ["工号", *HEAD]
    intake = intake_of(
        [zone.host.staff_no, "示例别人", "示例经济部", "", "", "", "", ""],
        ["N1", "示例子", "示例经济部", "", "", "", "", ""],
        ["N1", "示例丑", "示例经济部", "", "", "", "", ""],
        head=head,
    )
    assert any("工号已是" in cause for cause in causes(intake))
    assert any("工号相同" in cause for cause in causes(intake))


def test_units_that_are_spelt_alike_get_different_codes(zone: Zone) -> None:
    imported(
        zone,
        intake_of(["示例子", "示例市场部", "", "", "", "", ""], ["示例丑", "示例是场部", "", "", "", "", ""]),
    )
    codes = Unit.objects.filter(name__in=["示例市场部", "示例是场部"]).values_list("code", flat=True)
    assert len(set(codes)) == 2


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("新能源组", "team"),
        ("临湖镇", "town"),
        ("新城街道", "town"),
        ("开发公司", "company"),
        ("财政部", "department"),
    ],
)
def test_a_name_says_what_kind_of_unit_it_is(name: str, kind: Any) -> None:
    assert kind_of(name) == kind
