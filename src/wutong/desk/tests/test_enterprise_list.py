"""The list of the enterprise register: filters, order, what is hidden, the workbook, and what it costs."""

from io import BytesIO

import openpyxl
import pytest
from django.test import Client

from wutong.base.audit.models import AuditEvent
from wutong.desk.tests.enterprise_zone import CODE, ON, make_firm, secret_firm, told
from wutong.ledgerkit.testing import NOBODY, Zone, client_of, make_zone, queries_of
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import add_former_names, tag_enterprise, untag_enterprise
from wutong.registers.history.services import record
from wutong.registers.industries.services import load_industry_classes, open_leading_industry
from wutong.registers.places.models import SpatialUnit
from wutong.registers.places.services import PlaceFacts, open_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone() -> Zone:
    return make_zone()


@pytest.fixture
def reader(zone: Zone) -> Client:
    return client_of(zone.accounts[NOBODY])


def names(client: Client, query: str = "") -> list[str]:
    return [
        str(row.cells["name"].text) for row in client.get(f"/enterprises/{query}").context["page"].table.rows
    ]


def make_place(zone: Zone, code: str, kind: str, parent: SpatialUnit | None = None) -> SpatialUnit:
    facts = PlaceFacts(name=f"示例{code}", kind=kind, parent=parent)
    return open_place(code, facts, actor=None, on=ON, now=zone.now)


def test_a_firm_is_found_by_name_former_name_and_the_beginning_of_its_code(
    zone: Zone, reader: Client
) -> None:
    firm = make_firm(zone, "示例（甲）电池有限公司", CODE)
    make_firm(zone, "示例乙泵业有限公司")
    add_former_names([(firm, "示例旧名公司")], actor=None, on=ON, now=zone.now)
    assert names(reader, "?q=示例(甲)") == [firm.name]
    assert names(reader, "?q=旧名") == [firm.name]
    assert names(reader, "?q=913501") == [firm.name]
    assert names(reader, "?q=没有的") == []


def test_a_hidden_firm_and_a_double_that_was_merged_away_are_not_listed(zone: Zone, reader: Client) -> None:
    secret_firm(zone)
    kept, double = make_firm(zone, "示例甲企业"), make_firm(zone, "示例甲企業")
    record(double, {"merged_into": kept}, actor=None, effective_on=ON, now=zone.now)
    assert names(reader) == ["示例甲企业"]
    assert "示例秘密企业" in names(client_of(zone.accounts["leader"]))


def test_a_place_shows_the_firms_of_everything_below_it(zone: Zone, reader: Client) -> None:
    park = make_place(zone, "park", "park")
    town = make_place(zone, "town", "town", park)
    grid = make_place(zone, "grid", "grid", town)
    other = make_place(zone, "other", "park")
    for name, place in (("示例甲", park), ("示例乙", grid), ("示例丙", other)):
        make_firm(zone, name, place=place)
    assert names(reader, f"?place={park.pk}") == ["示例乙", "示例甲"]
    assert names(reader, f"?place={town.pk}") == ["示例乙"]


def test_an_industry_is_a_section_a_division_or_a_class(zone: Zone, reader: Client) -> None:
    for name, code in (("示例甲", "3841"), ("示例乙", "3912"), ("示例丙", "6510"), ("示例丁", "")):
        make_firm(zone, name, industry_code=code)
    assert names(reader, "?industry=C") == ["示例乙", "示例甲"]
    assert names(reader, "?industry=c38") == ["示例甲"]
    assert names(reader, "?industry=I") == ["示例丙"]
    # What is no code filters nothing and says so.
    assert "不是行业代码" in told(reader.get("/enterprises/?industry=xx"))


def test_a_leading_industry_leaves_the_codes_of_another_one_out(zone: Zone, reader: Client) -> None:
    told_by = {"kind": "leading", "actor": None, "on": ON, "now": zone.now}
    wide = open_leading_industry(code="equipment", name="示例装备", order=1, prefixes=["38"], **told_by)
    open_leading_industry(code="energy", name="示例新能源", order=2, prefixes=["384"], **told_by)
    for name, code in (("示例甲", "3841"), ("示例乙", "3812"), ("示例丙", "6510")):
        make_firm(zone, name, industry_code=code)
    assert names(reader, f"?leading={wide.pk}") == ["示例乙"]
    rows = reader.get("/enterprises/").context["page"].table.rows
    assert {str(row.cells["name"].text): str(row.cells["leading"].text) for row in rows} == {
        "示例甲": "示例新能源",
        "示例乙": "示例装备",
        "示例丙": "",
    }


def test_a_code_is_shown_with_the_name_of_the_deepest_class_that_is_known(zone: Zone, reader: Client) -> None:
    load_industry_classes()
    make_firm(zone, "示例甲", industry_code="3841")
    make_firm(zone, "示例乙", industry_code="0111")
    rows = reader.get("/enterprises/?sort=industry").context["page"].table.rows
    assert [str(row.cells["industry"].text) for row in rows] == ["A0111 农业", "C3841 锂离子电池制造"]


def test_tags_count_while_they_last(zone: Zone, reader: Client) -> None:
    firm, other = make_firm(zone, "示例甲"), make_firm(zone, "示例乙")
    now = {"actor": None, "on": ON, "now": zone.now}
    tag_enterprise(firm, "瞪羚", **now)
    untag_enterprise(tag_enterprise(other, "瞪羚", **now), **now)
    assert names(reader, "?tag=瞪羚") == ["示例甲"]


def test_what_is_not_known_stands_last_in_both_directions(zone: Zone, reader: Client) -> None:
    make_firm(zone, "示例甲", registered_on=ON)
    make_firm(zone, "示例乙")
    make_firm(zone, "示例丙", registered_on=ON.replace(year=2020))
    assert names(reader, "?sort=registered_on") == ["示例丙", "示例甲", "示例乙"]
    assert names(reader, "?sort=-registered_on") == ["示例甲", "示例丙", "示例乙"]


def test_the_workbook_holds_what_the_screen_shows_and_the_audit_says_so(zone: Zone, reader: Client) -> None:
    make_firm(zone, "示例甲", CODE, registered_on=ON, status="resting")
    make_firm(zone, "示例乙")
    answer = reader.get("/enterprises/export/?status=resting")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert [row[1:3] for row in rows if row[0] == 1] == [["示例甲", CODE]]
    assert not any("示例乙" in map(str, row) for row in rows)
    event = AuditEvent.objects.get(action="export_list")
    assert (event.target_id, event.detail["rows"]) == ("enterprises", 1)


def test_the_list_takes_eight_queries_at_most_however_many_firms(zone: Zone, reader: Client) -> None:
    park = make_place(zone, "park", "park")
    make_firm(zone, "示例甲", place=park, industry_code="3841")
    few = queries_of(reader, f"/enterprises/?place={park.pk}&industry=C&q=示例")
    for number in range(30):
        make_firm(zone, f"示例{number}", place=park, industry_code="3841")
    assert queries_of(reader, f"/enterprises/?place={park.pk}&industry=C&q=示例") == few
    assert few <= 8
    assert Enterprise.objects.count() == 31
