"""The layouts of a zone: the standard until an office sets its own."""

from datetime import datetime
from typing import Any

import pytest

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import SHANGHAI, make_account
from wutong.base.audit.models import AuditEvent
from wutong.base.errors import Conflict, NotAllowed, Refused
from wutong.exchange.models import OfficialLayout
from wutong.exchange.official.layout import FontNames
from wutong.exchange.official.rights import LAYOUT
from wutong.exchange.official.zone_layouts import Kind, LayoutValues, change_layout, layout_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def office() -> Account:
    return make_account("office", rights=(LAYOUT,))


def change(actor: Account, revision: int = 0, **values: Any) -> OfficialLayout:
    typed = {
        "mark": "示例高新区管理委员会会议纪要",
        "number_pattern": "示高管纪〔{year}〕{number}号",
        **values,
    }
    return change_layout(
        Kind.MINUTES, LayoutValues(**typed), revision=revision, actor=actor, on=NOW.date(), now=NOW
    )


def test_a_zone_begins_with_the_standard() -> None:
    assert layout_of("minutes").mark.endswith("会议纪要")
    assert layout_of("notice").mark.endswith("文件")
    assert layout_of("minutes").fonts == FontNames()
    with pytest.raises(ValueError, match="report"):
        layout_of("report")


def test_what_the_office_sets_is_what_documents_get_from_then_on(office: Account) -> None:
    change(office, copies_to="示例\n单位", is_red=False, fonts=FontNames(body="仿宋"))
    layout = layout_of("minutes")
    assert layout.number_of(2026, 3) == "示高管纪〔2026〕3号"
    assert (layout.copies_to, layout.is_red, layout.fonts.body) == ("示例 单位", False, "仿宋")
    assert layout_of("notice").is_red, "the other kind stays as it was"


def test_a_change_is_audited_with_what_was_set(office: Account) -> None:
    change(office)
    event = AuditEvent.objects.get(action="change_official_layout")
    assert event.actor_id == office.pk
    assert (event.detail["kind"], event.detail["revision"]) == ("minutes", 1)


def test_nobody_without_the_right_changes_a_layout() -> None:
    with pytest.raises(NotAllowed):
        change(make_account("reader"))
    assert not OfficialLayout.objects.exists()


def test_two_people_who_change_a_layout_do_not_overwrite_each_other(office: Account) -> None:
    change(office)
    with pytest.raises(Conflict):
        change(office, revision=0)
    assert change(office, revision=1, printed_by="示例办公室").revision == 2


@pytest.mark.parametrize(
    "pattern",
    ["〔{year}〕号", "{number}{number}号", "{number}{month}号", "{number}号{", "}{number}", "{}{number}"],
)
def test_a_number_pattern_has_one_number_and_nothing_unknown(office: Account, pattern: str) -> None:
    with pytest.raises(Refused) as refusal:
        change(office, number_pattern=pattern)
    assert "number_pattern" in refusal.value.fields
    assert not AuditEvent.objects.filter(action="change_official_layout").exists()


def test_a_mark_of_spaces_is_no_mark(office: Account) -> None:
    with pytest.raises(Refused) as refusal:
        change(office, mark=" \n ")
    assert "mark" in refusal.value.fields
