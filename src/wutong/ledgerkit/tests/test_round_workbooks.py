"""The own reports as a workbook: there, filled in, back again, with every wrong cell named."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from wutong.cases.models import Case
from wutong.cases.rounds.models import Report, Round
from wutong.cases.rounds.services import lock_round
from wutong.exchange.tests.samples import xlsx
from wutong.ledgerkit.testing import Zone, client_of, make_zone
from wutong.ledgerkit.tests.test_round_pages import cells, enter, fill, opened
from wutong.ledgers.project_push.models import MonthReport, ProjectFunds
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db

HEADER = [
    "编号",
    "名称",
    "计划完成投资（万元）",
    "完成投资（万元）",
    "形象进度",
    "到位资金（万元）",
    "资金来源",
]


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def cases(zone: Zone) -> list[Case]:
    enter(zone, "示例别家项目", unit=zone.elsewhere, person=zone.accounts["handler"].official)
    return enter(zone, "示例电池", "示例光伏")


@pytest.fixture
def found(zone: Zone, cases: list[Case]) -> Round:
    return opened(zone)


def upload(client: Client, found: Round, content: bytes) -> str:
    """The address of the preview."""
    file = SimpleUploadedFile("示例填报表.xlsx", content)
    answer = client.post(reverse("round_upload", args=[found.pk]), {"workbook": file})
    assert answer.status_code == 302, answer.context["page"].form.errors
    return str(answer["Location"])


def preview(client: Client, path: str) -> dict[str, dict[str, Any]]:
    """Cells of the preview by row number."""
    context = client.get(path).context
    return {row.key: row.cells for row in context["rows"].table.rows} | {"accepted": context["accepted"]}


def workbook(*rows: list[Any]) -> bytes:
    return xlsx({"填报": [HEADER, *rows]})


def test_the_workbook_that_is_downloaded_filled_in_and_uploaded_hands_in(
    zone: Zone, cases: list[Case], found: Round
) -> None:
    client = client_of(zone.host.account)
    fill(client, found, cells(found, cases[1], done_yuan="7.5", arrived_yuan="3", source="own"))
    answer = client.get(reverse("round_workbook", args=[found.pk]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    page = book.active
    texts = [[cell.value for cell in row] for row in page.iter_rows()]
    assert not any("示例别家项目" in map(str, row) for row in texts)
    (header,) = [number for number, row in enumerate(texts, start=1) if "编号" in row]
    columns = {str(text).split("（")[0]: number for number, text in enumerate(texts[header - 1], start=1)}
    first, second = header + 1, header + 2
    assert page.cell(second, columns["完成投资"]).value == 7.5
    page.cell(first, columns["完成投资"]).value = 120
    stream = io.BytesIO()
    book.save(stream)
    path = upload(client, found, stream.getvalue())
    shown = preview(client, path)
    assert shown["accepted"] == 1
    assert shown[str(first)]["verdict"].note == "完成投资：— → 120万元"
    assert str(shown[str(second)]["verdict"].text) == "没有变化"
    assert not MonthReport.objects.filter(done_yuan=1_200_000).exists()
    assert client.post(path).status_code == 302
    assert MonthReport.objects.get(project__push__case=cases[0]).done_yuan == 1_200_000
    assert ProjectFunds.objects.get().arrived_yuan == 30_000
    assert client.post(path).status_code == 409  # imported once


def test_wrong_cells_are_refused_with_their_reason_and_the_right_rows_go_in(
    zone: Zone, cases: list[Case], found: Round
) -> None:
    battery, solar = cases
    foreign = Case.objects.get(title="示例别家项目")
    client = client_of(zone.host.account)
    rows = [
        [battery.number, battery.title, None, "约1200", None, None, None],
        [solar.number, "示例另一个", None, 5, None, None, None],
        [foreign.number, foreign.title, None, 5, None, None, None],
        ["XM-2020-9999", "示例没有", None, 5, None, None, None],
    ]
    shown = preview(client, upload(client, found, workbook(*rows)))
    assert shown["accepted"] == 0
    faults = {number: [str(cell.fault) for cell in shown[number].values() if cell.fault] for number in "2345"}
    assert "不是确定的数" in faults["2"][0]
    assert "示例光伏" in faults["3"][0]
    assert faults["4"] == faults["5"]
    assert "没有这个编号" in faults["4"][0]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([None, -5, None, None, None], "负数"),
        ([None, "很多", None, None, None], "不是金额"),
        ([None, 5, None, 3, None], "请选资金来源"),
        ([None, 5, None, 3, "天上"], "可填：企业自筹"),
        ([8, None, None, None, None], "必须填写"),
    ],
)
def test_bad_input_is_named_at_its_cell(
    zone: Zone, cases: list[Case], found: Round, row: list[Any], words: str
) -> None:
    client = client_of(zone.host.account)
    path = upload(client, found, workbook([cases[0].number, cases[0].title, *row]))
    shown = preview(client, path)
    assert [words in str(cell.fault) for cell in shown["2"].values() if cell.fault] == [True]
    assert client.post(path).status_code == 422
    assert not MonthReport.objects.exists()


def test_full_width_digits_are_digits(zone: Zone, cases: list[Case], found: Round) -> None:
    client = client_of(zone.host.account)
    path = upload(client, found, workbook([cases[0].number, None, None, "１２．５", None, None, None]))
    assert client.post(path).status_code == 302
    assert MonthReport.objects.get().done_yuan == 125_000


def test_the_same_project_twice_is_refused_in_both_rows(zone: Zone, cases: list[Case], found: Round) -> None:
    row = [cases[0].number, cases[0].title, None, 5, None, None, None]
    client = client_of(zone.host.account)
    shown = preview(client, upload(client, found, workbook(row, row)))
    assert shown["accepted"] == 0
    assert all("只能有一行" in str(shown[number]["number"].fault) for number in "23")


def test_a_row_without_content_is_left_out_and_a_column_that_is_missing_changes_nothing(
    zone: Zone, cases: list[Case], found: Round
) -> None:
    client = client_of(zone.host.account)
    fill(client, found, cells(found, cases[0], done_yuan="7", planned_yuan="9"))
    content = xlsx({"表": [["编号", "完成投资（万元）"], [cases[0].number, 8], [cases[1].number, None]]})
    path = upload(client, found, content)
    assert preview(client, path)["accepted"] == 1
    assert client.post(path).status_code == 302
    values = Report.objects.get(case=cases[0]).values
    assert (values["done_yuan"], values["planned_yuan"]) == (80_000, 90_000)
    assert Report.objects.get(case=cases[1]).state == "owed"


def test_a_locked_round_takes_no_workbook(zone: Zone, cases: list[Case], found: Round) -> None:
    client = client_of(zone.host.account)
    path = upload(client, found, workbook([cases[0].number, None, None, 5, None, None, None]))
    lock_round(found, actor=SYSTEM, on=zone.today + timedelta(days=1), now=zone.now)
    assert client.post(path).status_code == 422
    assert client.get(reverse("round_upload", args=[found.pk])).status_code == 422
    assert client.get(reverse("round_workbook", args=[found.pk])).status_code == 422
    assert not MonthReport.objects.exists()


def test_an_upload_belongs_to_whoever_sent_it(zone: Zone, cases: list[Case], found: Round) -> None:
    path = upload(
        client_of(zone.host.account), found, workbook([cases[0].number, None, None, 5, None, None, None])
    )
    assert client_of(zone.accounts["supervisor"]).get(path).status_code == 404
    assert client_of(zone.accounts["supervisor"]).post(path).status_code == 404
