"""The page of the layouts of documents: everybody reads and takes a sample, an office changes them."""

from typing import Any

import pytest
from django.test import Client

from wutong.base.audit.models import AuditEvent
from wutong.exchange.models import OfficialLayout
from wutong.exchange.official import typefaces
from wutong.ledgerkit.testing import NOBODY, Zone, client_of, make_zone, queries_of

pytestmark = pytest.mark.django_db
PAGE = "/rules/documents/"
CHANGE = f"{PAGE}minutes/change/"


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def office(zone: Zone) -> Client:
    return client_of(zone.accounts["organiser"])


@pytest.fixture
def reader(zone: Zone) -> Client:
    return client_of(zone.accounts[NOBODY])


def typed(**more: Any) -> dict[str, Any]:
    return {
        "mark": "示例高新区会议纪要",
        "number_pattern": "示高管纪〔{year}〕{number}号",
        "copies_to": "示例单位",
        "printed_by": "示例办公室",
        "is_red": "on",
        "is_sealed": "on",
        "title_font": "方正小标宋简体",
        "body_font": "仿宋_GB2312",
        "heading_font": "黑体",
        "subheading_font": "楷体_GB2312",
        "number_font": "宋体",
        "revision": 0,
        **more,
    }


def test_everybody_reads_the_layouts_and_finds_them_in_the_menu(reader: Client) -> None:
    page = reader.get(PAGE).content.decode()
    assert "发文机关标志" in page
    assert f'href="{PAGE}"' in page
    assert CHANGE not in page, "who may not change is not offered it"
    assert queries_of(reader, PAGE) <= 6


@pytest.mark.parametrize("code", ["leader", "organiser"])
def test_leaders_and_organisers_change_a_layout(zone: Zone, code: str) -> None:
    client = client_of(zone.accounts[code])
    assert CHANGE in client.get(PAGE).content.decode()
    assert client.post(CHANGE, typed()).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "示例高新区会议纪要" in page
    assert "示高管纪〔2026〕12号" in page
    assert AuditEvent.objects.filter(action="change_official_layout").count() == 1


def test_nobody_else_opens_the_form(zone: Zone, reader: Client) -> None:
    for client in (reader, client_of(zone.accounts["clerk"])):
        assert client.get(CHANGE).status_code == 403
        assert client.post(CHANGE, typed()).status_code == 403
    assert not OfficialLayout.objects.exists()


def test_a_pattern_without_a_number_is_told_at_its_field_and_loses_nothing(office: Client) -> None:
    answer = office.post(CHANGE, typed(number_pattern="〔{year}〕号"))
    assert answer.status_code == 422
    form = answer.context["page"].form
    assert "number_pattern" in form.errors
    assert "示例办公室" in answer.content.decode()


def test_a_form_that_is_out_of_date_is_told(office: Client) -> None:
    office.post(CHANGE, typed())
    answer = office.post(CHANGE, typed(mark="别的会议纪要"))
    assert answer.status_code == 422
    assert "刚刚修改了这份版式" in answer.content.decode()
    assert OfficialLayout.objects.get().mark == "示例高新区会议纪要"


def test_a_font_that_is_not_offered_is_refused(office: Client) -> None:
    assert office.post(CHANGE, typed(body_font="../../etc")).status_code == 422


@pytest.mark.parametrize("kind", ["minutes", "notice"])
def test_a_sample_can_be_taken_in_both_forms(reader: Client, kind: str) -> None:
    word = reader.get(f"{PAGE}{kind}/preview/docx/")
    assert word.status_code == 200
    assert word.content.startswith(b"PK")
    if typefaces.has_chinese_font():
        assert reader.get(f"{PAGE}{kind}/preview/pdf/").content.startswith(b"%PDF-")


def test_without_a_chinese_font_the_page_says_so_and_the_pdf_is_refused(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typefaces, "installed_families", lambda: frozenset({"DejaVu Sans"}))
    assert "没有中文字体" in reader.get(PAGE).content.decode()
    answer = reader.get(f"{PAGE}minutes/preview/pdf/")
    assert answer.status_code == 422
    assert "没有中文字体" in answer.content.decode()


@pytest.mark.parametrize("path", ["report/change/", "report/preview/pdf/", "minutes/preview/odt/"])
def test_an_unknown_kind_or_form_is_not_found(office: Client, path: str) -> None:
    assert office.get(f"{PAGE}{path}").status_code == 404
