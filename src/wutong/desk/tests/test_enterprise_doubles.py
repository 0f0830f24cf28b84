"""Firms that seem to be one: pairs, side by side, merged and taken apart again; nobody sees what is hidden."""

import pytest
from django.test import Client

from wutong.desk.enterprises import MERGE, REGISTER
from wutong.desk.tests.enterprise_zone import (
    CODE,
    ON,
    OTHER_CODE,
    clerk_of,
    make_firm,
    panels,
    secret_firm,
    texts,
    told,
)
from wutong.ledgerkit.testing import NOBODY, Zone, account_with, client_of, make_zone, queries_of
from wutong.registers.enterprises.models import Distinct, Enterprise, Merge
from wutong.registers.enterprises.services import tag_enterprise
from wutong.registers.history.verify import faults
from wutong.registers.people.services import add_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def merger(zone: Zone) -> Client:
    return clerk_of(zone, MERGE, REGISTER)


@pytest.fixture
def pair(zone: Zone) -> tuple[Enterprise, Enterprise]:
    """The same firm twice; only the later one has its code."""
    first = make_firm(zone, "示例恒储科技有限公司", address="示例路1号")
    return first, make_firm(zone, "示例衡储科技有限公司", CODE, business="示例储能")


def listed(client: Client, path: str) -> list[dict[str, str]]:
    return texts(client.get(path).context["page"].table)


def test_a_pair_stands_with_its_reason_and_leads_to_the_one_with_the_code(
    merger: Client, pair: tuple[Enterprise, Enterprise]
) -> None:
    first, second = pair
    row = merger.get("/enterprises/doubles/").context["page"].table.rows[0]
    assert (str(row.cells["first"].text), str(row.cells["second"].text)) == (first.name, second.name)
    assert str(row.cells["reason"].text) == "名称读音相同"
    assert row.cells["compare"].href == f"/enterprises/{second.pk}/merge/{first.pk}/"


def test_a_pair_that_was_told_apart_is_not_offered_again(
    merger: Client, pair: tuple[Enterprise, Enterprise]
) -> None:
    first, second = pair
    path = f"/enterprises/{second.pk}/distinct/{first.pk}/"
    told(merger.post(path, {"reason": ""}), 422)
    assert merger.post(path, {"reason": "示例：两家法人代表不同"}).status_code == 302
    assert listed(merger, "/enterprises/doubles/") == []
    assert Distinct.objects.get().reason == "示例：两家法人代表不同"


def test_the_two_stand_column_by_column_with_what_goes_along(
    zone: Zone, merger: Client, pair: tuple[Enterprise, Enterprise]
) -> None:
    first, second = pair
    now = {"actor": None, "on": ON, "now": zone.now}
    add_contact(first, name="示例人", phone="13900000000", post="", **now)
    for firm in pair:
        tag_enterprise(firm, "瞪羚", **now)
    page = merger.get(f"/enterprises/{second.pk}/merge/{first.pk}/").context["page"]
    columns, loads = page.main
    told_of = {row["column"]: row for row in texts(columns.table)}
    assert told_of["注册地址"] == {
        "column": "注册地址",
        "kept": "—",
        "double": "示例路1号",
        "after": "补入",
    }
    assert told_of["企业名称"]["after"] == "两边不同，以保留的为准"
    assert {(row["kind"], row["along"], row["back"], row["names"]) for row in texts(loads.table)} == {
        ("人员", "1", "0", ""),
        ("企业标签", "0", "1", "瞪羚"),
    }
    # The other way round the other one stays.
    other = merger.get(f"/enterprises/{first.pk}/merge/{second.pk}/").context["page"]
    assert f"保留“{first.name}”" in str(other.lamp_reason)


def test_a_merge_is_done_with_a_reason_and_taken_back_with_one(
    zone: Zone, merger: Client, pair: tuple[Enterprise, Enterprise]
) -> None:
    first, second = pair
    add_contact(first, name="示例人", phone="13900000000", post="", actor=None, on=ON, now=zone.now)
    path = f"/enterprises/{second.pk}/merge/{first.pk}/confirm/"
    told(merger.post(path, {"reason": ""}), 422)
    answer = merger.post(path, {"reason": "示例重复登记"}, follow=True)
    assert "已合并" in told(answer)
    assert len(panels(merger, second)["contacts"].table.rows) == 1
    assert listed(merger, "/enterprises/doubles/") == []
    (row,) = listed(merger, "/enterprises/merges/")
    assert (row["double"], row["kept"], row["undo"]) == (first.name, second.name, "撤销")
    assert "示例重复登记" in row["reason"]
    undo = f"/enterprises/merges/{Merge.objects.get().pk}/undo/"
    told(merger.post(undo, {"reason": ""}), 422)
    assert merger.post(undo, {"reason": "示例：合错了"}).status_code == 302
    assert len(panels(merger, first)["contacts"].table.rows) == 1
    (row,) = listed(merger, "/enterprises/merges/")
    assert row["undo"] == "已撤销"
    assert "已经撤销过" in told(merger.post(undo, {"reason": "示例"}), 422)
    assert list(faults()) == []


def test_two_legal_persons_are_not_merged_and_the_form_says_why(zone: Zone, merger: Client) -> None:
    first, second = make_firm(zone, "示例甲", CODE), make_firm(zone, "示例甲", OTHER_CODE)
    path = f"/enterprises/{first.pk}/merge/{second.pk}/confirm/"
    assert "是两家法人，不能合并" in told(merger.post(path, {"reason": "示例"}), 422)
    assert not Merge.objects.exists()


def test_a_firm_that_one_may_not_see_is_in_no_pair_and_on_no_page(zone: Zone) -> None:
    far = client_of(account_with("far_merger", zone.elsewhere, zone.now, MERGE))
    secret, firm = secret_firm(zone, "示例秘密企业"), make_firm(zone, "示例秘密企业", CODE)
    assert listed(far, "/enterprises/doubles/") == []
    for path in ("merge", "distinct"):
        told(far.get(f"/enterprises/{firm.pk}/{path}/{secret.pk}/"), 404)
        told(far.get(f"/enterprises/{secret.pk}/{path}/{firm.pk}/"), 404)
    told(far.post(f"/enterprises/{firm.pk}/merge/{secret.pk}/confirm/", {"reason": "示例"}), 404)
    told(far.get(f"/enterprises/{firm.pk}/merge/{firm.pk}/"), 404)


def test_a_merge_of_a_secret_double_is_known_to_the_one_who_did_it_alone(zone: Zone) -> None:
    merger = clerk_of(zone, MERGE, "project_push.see_unsigned")
    far = client_of(account_with("far_merger", zone.elsewhere, zone.now, MERGE))
    firm, secret = make_firm(zone, "示例秘密企业有限公司", CODE), secret_firm(zone)
    near = f"/enterprises/{firm.pk}/merge/{secret.pk}/confirm/"
    assert merger.post(near, {"reason": "示例重复"}).status_code == 302
    assert [row["double"] for row in listed(merger, "/enterprises/merges/")] == [secret.name]
    assert listed(far, "/enterprises/merges/") == []
    undo = f"/enterprises/merges/{Merge.objects.get().pk}/undo/"
    told(far.get(undo), 404)
    assert merger.post(undo, {"reason": "示例"}).status_code == 302


@pytest.mark.parametrize("path", ["doubles/", "merges/", "1/merge/2/", "1/merge/2/confirm/", "1/distinct/2/"])
def test_only_those_with_the_right(zone: Zone, pair: tuple[Enterprise, Enterprise], path: str) -> None:
    told(client_of(zone.accounts[NOBODY]).get(f"/enterprises/{path}"), 403)


def test_the_pages_take_no_more_queries_for_more_rows(zone: Zone, merger: Client) -> None:
    for number in range(3):
        make_firm(zone, f"示例甲{number}号有限公司")
        make_firm(zone, f"示例甲{number}号公司")
    few = queries_of(merger, "/enterprises/doubles/")
    for number in range(3, 23):
        make_firm(zone, f"示例甲{number}号有限公司")
        make_firm(zone, f"示例甲{number}号公司")
    assert queries_of(merger, "/enterprises/doubles/") == few
