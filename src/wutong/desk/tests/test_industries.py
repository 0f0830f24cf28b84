"""The page of industries: what the zone leads with, and the classification to look codes up."""

from datetime import date

import pytest
from django.test import Client

from wutong.ledgerkit.testing import NOBODY, Zone, client_of, make_zone, queries_of
from wutong.registers.industries.services import (
    define_leading_industry,
    load_industry_classes,
    open_leading_industry,
)

pytestmark = pytest.mark.django_db
ON = date(2026, 1, 5)
PAGE_QUERIES = 12


@pytest.fixture
def zone() -> Zone:
    load_industry_classes()
    return make_zone()


@pytest.fixture
def reader(zone: Zone) -> Client:
    for order, (code, name, prefixes) in enumerate(
        [("energy", "示例新能源", ["384", "3415"]), ("equipment", "示例装备", ["34", "38"])], start=1
    ):
        open_leading_industry(
            code=code,
            name=name,
            kind="leading",
            order=order,
            prefixes=prefixes,
            actor=None,
            on=ON,
            now=zone.now,
        )
    return client_of(zone.accounts[NOBODY])


def cells(client: Client, path: str) -> dict[str, dict[str, str]]:
    """Rows of the classification by code: column and text."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    rows = answer.context["page"].table.rows
    return {row.key: {key: str(cell.text) for key, cell in row.cells.items()} for row in rows}


def test_the_page_begins_with_the_leading_industries_and_the_sections(reader: Client) -> None:
    answer = reader.get("/industries/")
    words = answer.content.decode()
    assert "C3415 风能原动设备制造；C384 电池制造" in words
    assert "示例装备" in words
    shown = cells(reader, "/industries/")
    assert "".join(shown) == "ABCDEFGHIJKLMNOPQRST"
    assert (shown["C"]["name"], shown["C"]["below"]) == ("制造业", "31")


def test_one_goes_down_level_by_level(reader: Client) -> None:
    assert list(cells(reader, "/industries/?in=I")) == ["63", "64", "65"]
    shown = cells(reader, "/industries/?in=38")
    assert shown["384"] == {
        "code": "C384",
        "name": "电池制造",
        "level": "中类",
        "above": "C38 电气机械和器材制造业",
        "leading": "示例新能源",
        "below": "5",
    }
    assert shown["382"]["leading"] == "示例装备"
    page = reader.get("/industries/?in=384").context["page"]
    assert [str(crumb.label) for crumb in page.crumbs][2:] == [
        "C 制造业",
        "C38 电气机械和器材制造业",
        "C384 电池制造",
    ]
    assert "没有载入更细的分类" in reader.get("/industries/?in=131").content.decode()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("C3841", {"3841"}),
        ("384", {"384", "3841", "3842", "3843", "3844", "3849"}),
        ("锂离子", {"3841"}),
        ("s", {"S"}),
        ("不存在的行业", set()),
        ("9999", set()),
    ],
)
def test_a_search_finds_by_code_and_by_name(reader: Client, typed: str, found: set[str]) -> None:
    assert set(cells(reader, f"/industries/?q={typed}")) == found


@pytest.mark.parametrize("query", ["in=%00", "in=電池", "q=%00", "in=9999", "q=%27%22", "page=x", "page=-1"])
def test_strange_addresses_open_the_page(reader: Client, query: str) -> None:
    assert reader.get(f"/industries/?{query}").status_code == 200


def test_the_page_shows_the_scopes_of_its_day(zone: Zone, reader: Client) -> None:
    from wutong.registers.industries.models import LeadingIndustry

    energy = LeadingIndustry.objects.get(code="energy")
    define_leading_industry(energy, ["3825"], actor=None, on=date(2026, 3, 2), now=zone.now)
    assert cells(reader, "/industries/?in=38&as_of=2026-03-01")["384"]["leading"] == "示例新能源"
    assert cells(reader, "/industries/?in=38&as_of=2026-03-02")["384"]["leading"] == "示例装备"
    assert "3825" not in reader.get("/industries/?as_of=2026-03-01").content.decode()


def test_a_long_result_has_pages_that_keep_the_search(reader: Client) -> None:
    table = reader.get("/industries/?q=制造").context["page"].table
    assert table.page_count > 1 and len(table.rows) == 50
    second = reader.get(f"/industries/?{table.query}&page=2").context["page"].table
    assert second.row_count == table.row_count and second.first_number == 51


def test_an_empty_classification_says_what_to_do() -> None:
    reader = client_of(make_zone().accounts[NOBODY])
    words = reader.get("/industries/").content.decode()
    assert "还没有载入行业分类" in words
    assert "还没有确定主导产业" in words


def test_visitors_are_sent_to_sign_in() -> None:
    assert Client().get("/industries/").status_code == 302


def test_queries_do_not_grow_with_rows(reader: Client) -> None:
    counts = {
        path: queries_of(reader, f"/industries/{path}")
        for path in ("", "?in=C", "?in=65", "?q=制造", "?q=锂")
    }
    assert all(count <= PAGE_QUERIES for count in counts.values()), counts
    assert counts["?in=C"] == counts["?in=65"]
    assert counts["?q=制造"] == counts["?q=锂"]
