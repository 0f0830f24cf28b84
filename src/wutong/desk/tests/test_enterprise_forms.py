"""What is typed about enterprises: registering with doubles shown, changes with their day, tags, numbers of a year."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from wutong.desk.enterprises import REGISTER
from wutong.desk.tests.enterprise_zone import CODE, ON, clerk_of, make_firm, secret_firm, told
from wutong.ledgerkit.testing import NOBODY, Zone, account_with, client_of, make_zone
from wutong.registers.enterprises.models import Enterprise, EnterpriseTag, FormerName, Merge, YearReport
from wutong.registers.enterprises.services import change_enterprise
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.verify import faults
from wutong.registers.industries.services import load_industry_classes

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def clerk(zone: Zone) -> Client:
    return clerk_of(zone, REGISTER)


@pytest.fixture
def far(zone: Zone) -> Client:
    """Somebody with the right who has nothing to do with the secret firm."""
    return client_of(account_with("far_clerk", zone.elsewhere, zone.now, REGISTER))


@pytest.fixture
def firm(zone: Zone) -> Enterprise:
    return make_firm(zone, "示例甲电池有限公司", CODE)


def last_change(firm: Enterprise) -> RegisterChange:
    return RegisterChange.objects.filter(entry_kind="enterprise", entry_id=firm.pk).latest("seq")


def facts_of(client: Client, firm: Enterprise, **changed: Any) -> dict[str, Any]:
    """What the change form sends when only some fields are typed anew."""
    form = client.get(f"/enterprises/{firm.pk}/change/").context["page"].form
    shown = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in (shown | changed).items()}


# ---- registering -------------------------------------------------------------------------------------------------


def test_a_firm_is_registered_with_all_its_facts(zone: Zone, clerk: Client, firm: Enterprise) -> None:
    load_industry_classes()
    sent = {
        "name": " 示例乙泵业有限公司 ",
        "status": "founding",
        "industry_code": "c3841",
        "capital": "123.4567",
        "parent": CODE,
        "on": ON,
    }
    made_at = clerk.post("/enterprises/new/", sent)
    made = Enterprise.objects.get(name="示例乙泵业有限公司")
    assert made_at["Location"] == f"/enterprises/{made.pk}/"
    assert (made.industry_code, made.capital_yuan, made.parent, made.status) == (
        "3841",
        1_234_567,
        firm,
        "founding",
    )
    assert last_change(made).effective_on == ON
    assert list(faults()) == []


def test_the_form_asks_about_a_firm_that_is_there_already(clerk: Client, firm: Enterprise) -> None:
    sent = {"name": "示例甲電池有限公司", "status": "operating", "on": ON}
    page = told(clerk.post("/enterprises/new/", sent), 422)
    assert f'<a href="/enterprises/{firm.pk}/">{firm.name}</a>' in page
    assert "仍要登记，不是同一家" in page
    assert Enterprise.objects.count() == 1
    assert clerk.post("/enterprises/new/", sent | {"not_double": "on"}).status_code == 302
    assert Enterprise.objects.count() == 2


def test_the_form_does_not_name_a_hidden_firm(zone: Zone, far: Client) -> None:
    secret = secret_firm(zone)
    sent = {"name": secret.name, "status": "operating", "on": ON}
    assert far.post("/enterprises/new/", sent).status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"code": CODE[:-1] + "1"}, "校验位不对"),
        ({"code": CODE}, "已登记在“示例甲电池有限公司”名下"),
        ({"industry_code": "9999"}, "不是行业代码"),
        ({"parent": "没有的公司"}, "企业名录里没有找到"),
        ({"on": "2999-01-01"}, "不能晚于今天"),
        ({"name": ""}, "请填写"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(
    clerk: Client, firm: Enterprise, typed: dict[str, str], words: str
) -> None:
    load_industry_classes()
    sent = {"name": "示例丙泵业", "status": "operating", "on": ON} | typed
    assert words in told(clerk.post("/enterprises/new/", sent), 422)
    assert Enterprise.objects.count() == 1


# ---- changes -----------------------------------------------------------------------------------------------------


def test_a_new_name_holds_from_a_day_and_the_old_one_is_a_former_name(
    clerk: Client, firm: Enterprise
) -> None:
    day = ON + timedelta(days=40)
    sent = facts_of(clerk, firm, name="示例甲储能有限公司", on=day)
    assert clerk.post(f"/enterprises/{firm.pk}/change/", sent).status_code == 302
    former = FormerName.objects.get()
    assert (former.name, former.to_on) == ("示例甲电池有限公司", day)
    changed = last_change(firm)
    assert changed.effective_on == day
    # Nothing but what was typed is written.
    assert changed.snapshot.keys() == {"name", "folded_name"}


def test_nothing_typed_writes_nothing(clerk: Client, firm: Enterprise) -> None:
    before = last_change(firm).seq
    answer = clerk.post(f"/enterprises/{firm.pk}/change/", facts_of(clerk, firm), follow=True)
    assert "没有改动" in told(answer)
    assert last_change(firm).seq == before


def test_somebody_else_was_faster(zone: Zone, clerk: Client, firm: Enterprise) -> None:
    sent = facts_of(clerk, firm, address="示例路1号")
    change_enterprise(firm, {"address": "示例路2号"}, actor=None, on=ON, now=zone.now)
    assert "刚被别人改过" in told(clerk.post(f"/enterprises/{firm.pk}/change/", sent), 422)
    firm.refresh_from_db()
    assert firm.address == "示例路2号"


def test_a_hidden_parent_is_neither_shown_nor_lost(zone: Zone, far: Client, firm: Enterprise) -> None:
    secret = secret_firm(zone)
    change_enterprise(firm, {"parent": secret}, actor=None, on=ON, now=zone.now)
    assert secret.name not in told(far.get(f"/enterprises/{firm.pk}/change/"))
    sent = facts_of(far, firm, address="示例路1号")
    assert far.post(f"/enterprises/{firm.pk}/change/", sent).status_code == 302
    firm.refresh_from_db()
    assert (firm.parent, firm.address) == (secret, "示例路1号")


def test_a_status_needs_its_day_and_its_reason(clerk: Client, firm: Enterprise) -> None:
    path = f"/enterprises/{firm.pk}/status/"
    sent = {"status": "resting", "on": "2026-02-01", "reason": "", "seq": firm.last_seq}
    told(clerk.post(path, sent), 422)
    assert clerk.post(path, sent | {"reason": "示例停产通知"}).status_code == 302
    changed = last_change(firm)
    assert (changed.snapshot, changed.effective_on, changed.reason) == (
        {"status": "resting"},
        date(2026, 2, 1),
        "示例停产通知",
    )


def test_a_tag_is_put_on_once_and_ends_not_before_it_began(clerk: Client, firm: Enterprise) -> None:
    path = f"/enterprises/{firm.pk}/tags/"
    assert clerk.post(f"{path}new/", {"word": "瞪羚", "on": "2026-02-01"}).status_code == 302
    assert "已有这个标签" in told(clerk.post(f"{path}new/", {"word": "瞪羚", "on": "2026-02-02"}), 422)
    tag = EnterpriseTag.objects.get()
    assert "不能早于" in told(clerk.post(f"{path}{tag.pk}/end/", {"on": "2026-01-31"}), 422)
    assert clerk.post(f"{path}{tag.pk}/end/", {"on": "2026-03-01"}).status_code == 302
    tag.refresh_from_db()
    assert tag.to_on == date(2026, 3, 1)
    told(clerk.get(f"{path}{tag.pk}/end/"), 404)


def test_a_former_name_is_added_once(clerk: Client, firm: Enterprise) -> None:
    path = f"/enterprises/{firm.pk}/former-names/new/"
    assert clerk.post(path, {"name": "示例旧名", "to_on": "2020-01-01"}).status_code == 302
    assert FormerName.objects.get().to_on == date(2020, 1, 1)
    assert "已经登记" in told(clerk.post(path, {"name": "示例旧名"}), 422)
    assert "现在的名称" in told(clerk.post(path, {"name": firm.name}), 422)


# ---- numbers of a year -------------------------------------------------------------------------------------------


def test_empty_and_minus_one_are_missing_and_the_page_says_so(clerk: Client, firm: Enterprise) -> None:
    sent = {
        "year": 2024,
        "source": "示例年报",
        "dated_on": "2025-03-01",
        "revenue_yuan": "1,234,567.6",
        "staff": "-1",
        "profit_yuan": "-1",
        "tax_yuan": "0",
    }
    answer = clerk.post(f"/enterprises/{firm.pk}/years/new/", sent, follow=True)
    assert "职工人数、净利润填的是-1，按“缺”处理" in told(answer)
    assert YearReport.objects.get().values == {"revenue_yuan": 1_234_568, "tax_yuan": 0}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"staff": "很多"}, "不是数"),
        ({"staff": "-5"}, "不能是负数"),
        ({"year": "2999", "staff": "1"}, "还没有到这一年"),
        ({"dated_on": "2999-01-01", "staff": "1"}, "不能晚于今天"),
        ({"staff": "-1"}, "请至少填一个数"),
    ],
)
def test_what_no_measure_can_be_is_refused(
    clerk: Client, firm: Enterprise, typed: dict[str, str], words: str
) -> None:
    sent = {"year": 2024, "source": "示例年报", "dated_on": "2025-03-01"} | typed
    assert words in told(clerk.post(f"/enterprises/{firm.pk}/years/new/", sent), 422)
    assert not YearReport.objects.exists()


# ---- who may -----------------------------------------------------------------------------------------------------


PATHS = ("change/", "status/", "tags/new/", "former-names/new/", "years/new/", "contact/")


@pytest.mark.parametrize("path", PATHS)
def test_only_those_with_the_right_and_only_on_firms_that_they_see(
    zone: Zone, far: Client, firm: Enterprise, path: str
) -> None:
    nobody = client_of(zone.accounts[NOBODY])
    secret = secret_firm(zone)
    told(nobody.get(f"/enterprises/{firm.pk}/{path}"), 403)
    told(nobody.get(f"/enterprises/{secret.pk}/{path}"), 404)
    told(far.get(f"/enterprises/{secret.pk}/{path}"), 404)
    told(far.get(f"/enterprises/{firm.pk}/{path}"))


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_written_on_a_double_that_was_merged_away(
    zone: Zone, clerk: Client, firm: Enterprise, path: str
) -> None:
    double = make_firm(zone, "示例甲电池")
    Enterprise.objects.filter(pk=double.pk).update(merged_into=firm)
    assert "已并入“示例甲电池有限公司”" in told(clerk.get(f"/enterprises/{double.pk}/{path}"), 422)
    assert not Merge.objects.exists()
