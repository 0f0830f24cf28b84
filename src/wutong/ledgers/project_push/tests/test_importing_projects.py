"""The push library as a workbook, through the pages: refusals in words, nothing before the import, all or none."""

import io
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from wutong.base.errors import Refused
from wutong.cases.models import Case, Change
from wutong.exchange.models import ImportBatch
from wutong.exchange.tests.samples import two_far_cells, xls, xlsx
from wutong.ledgerkit.testing import Zone, account_with, client_of, make_zone
from wutong.ledgers.project_push import importing
from wutong.ledgers.project_push.models import ProjectPush, Rectification
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import register_enterprise
from wutong.registers.enterprises.uscc import check_character
from wutong.registers.projects.models import Project

pytestmark = pytest.mark.django_db

HEADINGS = (
    "序号", "项目名称", "投资方", "总投资(亿元)", "规模档", "签约时间", "计划开工时间", "签约未开工天数",
    "实际开工时间", "计划投产时间", "开工未投产天数", "当前阶段", "亮灯", "卡点类别", "存在问题", "整改措施",
    "整改时限", "责任单位", "责任人", "包保领导", "帮办专员", "最新进展(日期)", "是否销号", "佐证",
)  # fmt: skip
SIGNED_ON = date(2026, 1, 6)
DUE_ON = date(2026, 9, 30)


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def clerk(zone: Zone) -> Client:
    """The ledger clerk as the zone's roles have it."""
    return client_of(zone.accounts["clerk"])


def row(**cells: Any) -> dict[str, Any]:
    """A good row; arguments replace or add cells by heading."""
    return {
        "序号": 1,
        "项目名称": "示例储能电池项目",
        "投资方": "示例恒储有限公司",
        "总投资(亿元)": 52.5,
        "签约时间": SIGNED_ON,
        "责任单位": "示例经济部",
        **cells,
    }


def table(*rows: Mapping[str, Any], headings: tuple[str, ...] = HEADINGS) -> list[list[Any]]:
    added = [name for item in rows for name in item if name not in headings]
    names = [*headings, *dict.fromkeys(added)]
    return [names, *([item.get(name) for name in names] for item in rows)]


def workbook(*rows: Mapping[str, Any]) -> bytes:
    return xlsx({"推进库": table(*rows)})


def upload(client: Client, content: bytes, name: str = "推进库.xlsx", key: str = "") -> Any:
    return client.post(
        "/projects/import/",
        {"workbook": SimpleUploadedFile(name, content), "request_key": key or str(len(content))},
    )


def preview(client: Client, content: bytes, name: str = "推进库.xlsx", key: str = "") -> tuple[str, str]:
    """The address of the batch and the words of its page."""
    answer = upload(client, content, name, key)
    assert answer.status_code == 302, words(answer)
    return answer["Location"], words(client.get(answer["Location"]))


def words(answer: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("&quot;", '"')


def counts() -> tuple[int, ...]:
    return tuple(
        model.objects.count() for model in (Case, Change, Project, Enterprise, ProjectPush, Rectification)
    )


# ---- the happy way ---------------------------------------------------------------------------------------------

FULL_ROWS = (
    row(
        责任人="示例主办", 包保领导="示例领导", 计划开工时间="2026年6月", 规模档="≥50亿", 签约未开工天数=3, 当前阶段="签约", 亮灯="红",
        卡点类别="土地", 存在问题="地块控规调整待批复", 整改措施="报规委会", 整改时限=DUE_ON, **{"最新进展(日期)": "设计完成"},
    ),
    row(
        序号=2, 项目名称="示例轴承项目", 投资方="示例衡动有限公司", 签约时间=date(2025, 2, 3), 实际开工时间=date(2025, 8, 1),
        计划投产时间=date(2027, 3, 1), **{"总投资(亿元)": 3},
    ),
)  # fmt: skip


@pytest.mark.parametrize(("make", "name"), [(workbook, "库.xlsx"), (lambda *r: xls(table(*r)), "库.xls")])
def test_a_workbook_with_the_real_headings_is_imported(
    clerk: Client, zone: Zone, make: Any, name: str
) -> None:
    before = counts()
    address, told = preview(clerk, make(*FULL_ROWS), name)
    assert "尚未写入任何数据" in told
    assert "导入无错的2行" in told
    assert counts() == before, "a preview writes no row"
    answer = clerk.post(address, follow=True)
    assert "已入库2行" in words(answer)
    first, second = (
        ProjectPush.objects.select_related("project__investor", "case").get(project__name=item["项目名称"])
        for item in FULL_ROWS
    )
    assert first.project.total_investment_yuan == 5_250_000_000
    assert first.project.investor.name == "示例恒储有限公司"
    assert first.project.plan_start_on == date(2026, 6, 30)
    assert (first.case.state, first.case.opened_on) == ("signed", SIGNED_ON)
    assert (first.case.host_unit, first.case.host_person, first.case.leader) == (
        zone.home,
        zone.host,
        zone.leader,
    )
    assert first.latest_progress == "设计完成"
    assert (second.case.state, second.case.changed_on) == ("started", date(2025, 8, 1))


def test_a_problem_in_a_row_opens_a_rectification_with_its_due_day(clerk: Client, zone: Zone) -> None:
    address, _told = preview(clerk, workbook(*FULL_ROWS))
    clerk.post(address)
    problem = Rectification.objects.select_related("case__parent").exclude(blocking_class="papers").get()
    assert (problem.problem, problem.blocking_class, problem.measure) == (
        "地块控规调整待批复",
        "land",
        "报规委会",
    )
    assert problem.case.parent.title == "示例储能电池项目"
    assert (problem.case.state, problem.case.host_unit) == ("working", zone.home)
    assert problem.case.due_on == DUE_ON


def test_imported_projects_stand_in_the_stalled_list_with_their_lamp_and_reason(
    clerk: Client, zone: Zone
) -> None:
    late = row(签约时间=zone.today - timedelta(days=400))
    address, _told = preview(clerk, workbook(late))
    clerk.post(address)
    shown = words(clerk.get("/projects/"))
    assert "红灯" in shown
    assert "签约400天未开工，超红灯线35天" in shown
    assert "合计 1个项目" in shown


def test_computed_columns_are_named_as_not_imported(clerk: Client) -> None:
    _address, told = preview(clerk, workbook(*FULL_ROWS))
    assert told.count("由系统计算，不导入") >= 5


def test_rare_characters_survive_import_page_and_export(clerk: Client) -> None:
    name, investor = "示例𠮷田㐂精密项目", "示例㐂𠮷有限公司"
    address, told = preview(clerk, workbook(row(项目名称=name, 投资方=investor)))
    assert name in told
    clerk.post(address)
    assert Project.objects.get().name == name
    page = clerk.get("/projects/?as_of=2026-06-01").content.decode()
    assert name in page
    assert investor in page
    cells = exported(clerk)
    assert name in cells
    assert investor in cells


def test_a_name_that_looks_like_a_formula_is_text_in_the_export(clerk: Client) -> None:
    bait = ("=1+1", "+2", "-3", "@SUM(A1)", '=HYPERLINK("http://x","x")')
    rows = [row(序号=number, 项目名称=text, 投资方=f"={number}") for number, text in enumerate(bait)]
    headings, *lines = table(*rows)
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(headings)
    for line in lines:
        book.active.append(line)
    for cells in book.active.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    book.save(stream)
    address, told = preview(clerk, stream.getvalue())
    assert "导入无错的5行" in told, told
    clerk.post(address)
    answer = clerk.get("/projects/export/?as_of=2026-06-01")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    found = {
        cell.value: cell.data_type for line in sheet.iter_rows() for cell in line if cell.value is not None
    }
    assert all(found[text] == "s" for text in bait)
    assert "f" not in found.values()


def exported(client: Client) -> set[Any]:
    answer = client.get("/projects/export/?as_of=2026-06-01")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return {cell for line in sheet.iter_rows(values_only=True) for cell in line}


# ---- refused workbooks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"<html><body>1</body></html>", "库.xlsx", "不是"),
        (b"%PDF-1.4\n%%EOF\n", "库.xlsx", ""),
        (b"", "库.xlsx", "空"),
        (xlsx({"表": [["甲", "乙"], [1, 2]]}), "库.xlsx", "表头"),
        (xlsx({"表": [["项目名称", "投资方"], ["甲", "乙"]]}), "库.xlsx", "总投资"),
        (two_far_cells(), "库.xlsx", ""),
    ],
    ids=["web page", "pdf", "empty", "no header", "columns missing", "two far cells"],
)  # fmt: skip
def test_what_is_no_push_library_is_refused_in_words(
    clerk: Client, content: bytes, name: str, expected: str
) -> None:
    before = counts()
    answer = upload(clerk, content, name)
    assert answer.status_code == 422
    told = words(answer)
    assert expected in told
    assert re.search(r"请|上传|改", told)
    assert "Traceback" not in told
    assert counts() == before
    assert not ImportBatch.objects.filter(state=ImportBatch.State.CHECKED).exists()


# ---- refused rows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "column", "expected"),
    [
        ({"总投资(亿元)": "2000万件"}, "D", "不是金额，像产能或数量"),
        ({"总投资(亿元)": "面议"}, "D", "不是金额"),
        ({"总投资(亿元)": None}, "D", "空；必须填写"),
        ({"签约时间": "2023年13月"}, "F", "没有13月"),
        ({"签约时间": "2023年2月30日"}, "F", "没有"),
        ({"签约时间": "2023年6月"}, "F", "只写到月"),
        ({"责任单位": "不存在的部"}, "R", "没有叫“不存在的部”的单位"),
        ({"责任人": "查无此人"}, "S", "花名册里没有“查无此人”"),
        ({"包保领导": "查无此人"}, "T", "花名册里没有“查无此人”"),
        ({"实际开工时间": date(2020, 1, 1)}, "I", "开工2020-01-01早于签约2026-01-06"),
        ({"投产时间": date(2026, 5, 1)}, "Y", "有投产时间，没有开工时间"),
        ({"存在问题": "示例", "卡点类别": "天气", "整改措施": "示例", "整改时限": DUE_ON}, "N", "没有“天气”这一项"),
        ({"存在问题": "示例", "卡点类别": "土地", "整改措施": "示例"}, "Q", "写了存在问题，这一格也要填"),
        ({"投资方统一社会信用代码": "91379999MA000000XA"}, "Y", "校验位不对"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_refused_with_sheet_row_column_and_cause(
    clerk: Client, wrong: dict[str, Any], column: str, expected: str
) -> None:
    good = row(序号=2, 项目名称="示例好项目")
    address, told = preview(clerk, workbook(row(**wrong), good))
    assert re.search(rf"工作表“推进库”第2行{column}列“[^”]+”：[^ ]*{re.escape(expected)}", told), told
    assert "导入无错的1行" in told
    clerk.post(address)
    assert [project.name for project in Project.objects.all()] == ["示例好项目"]


def test_a_heading_with_a_wrong_unit_is_refused(clerk: Client) -> None:
    rows = table(
        {**row(), "总投资(万件)": 3}, headings=("项目名称", "投资方", "总投资(万件)", "签约时间", "责任单位")
    )
    answer = upload(clerk, xlsx({"推进库": rows}))
    told = words(answer) if answer.status_code == 422 else words(clerk.get(answer["Location"]))
    assert "万件" in told
    assert "导入无错的" not in told


def test_a_project_that_stands_twice_in_the_file_is_refused_in_both_rows(clerk: Client) -> None:
    _address, told = preview(clerk, workbook(row(), row(序号=2, 项目名称="示例 储能电池项目")))
    assert "第2行B列“项目名称”：与第3行的项目名称、投资方相同" in told
    assert "第3行B列“项目名称”：与第2行的项目名称、投资方相同" in told


def test_a_code_that_belongs_to_another_firm_is_refused(clerk: Client, zone: Zone) -> None:
    body = "91379999MA0000007"
    code = body + check_character(body)
    register_enterprise(name="示例别家公司", code=code, actor=None, on=SIGNED_ON, now=zone.now)
    _address, told = preview(clerk, workbook(row(投资方统一社会信用代码=code)))
    assert "这个代码已登记在另一家企业名下" in told


def test_a_wrong_check_character_is_refused_by_the_register(zone: Zone) -> None:
    body = "91379999MA0000007"
    wrong = next(char for char in "0123" if char != check_character(body))
    with pytest.raises(Refused, match="校验位不对，请与营业执照核对"):
        register_enterprise(name="示例公司", code=body + wrong, actor=None, on=SIGNED_ON, now=zone.now)
    assert not Enterprise.objects.exists()


# ---- once, all or none, and one's own --------------------------------------------------------------------------


def test_the_same_file_again_recognises_every_row_and_changes_nothing(clerk: Client) -> None:
    content = workbook(*FULL_ROWS)
    address, _told = preview(clerk, content, key="first")
    clerk.post(address)
    before = counts()
    address, told = preview(clerk, content, key="second")
    assert told.count("已在库中，编号XM") >= 2
    answer = clerk.post(address)
    assert answer.status_code == 422
    assert "没有可以入库的行" in words(answer)
    assert counts() == before


def test_the_same_upload_sent_twice_is_one_batch(clerk: Client) -> None:
    content = workbook(row())  # made once: a workbook carries the moment it was made
    first, second = (upload(clerk, content, key="one form")["Location"] for _press in range(2))
    assert first == second
    assert ImportBatch.objects.count() == 1


def test_two_presses_import_once(clerk: Client) -> None:
    address, _told = preview(clerk, workbook(*FULL_ROWS))
    clerk.post(address)
    before = counts()
    answer = clerk.post(address)
    assert answer.status_code == 409
    assert "没有重复写入" in words(answer)
    assert counts() == before
    assert "这批数据已经入库" in words(clerk.get(address))


def test_an_import_that_breaks_in_the_middle_writes_nothing(clerk: Client) -> None:
    address, _told = preview(clerk, workbook(*FULL_ROWS))
    before = counts()
    with patch.object(importing, "_rectification", side_effect=Refused("示例：写到一半出错。")):
        assert clerk.post(address).status_code == 422
    assert counts() == before
    assert ImportBatch.objects.get().state == ImportBatch.State.CHECKED
    clerk.post(address)
    assert Project.objects.count() == 2


def test_rows_are_judged_again_when_they_are_imported(clerk: Client) -> None:
    """Between preview and import somebody else entered one of the projects."""
    first, _told = preview(clerk, workbook(*FULL_ROWS), key="first")
    second, _told = preview(clerk, workbook(FULL_ROWS[0]), key="second")
    clerk.post(second)
    assert "已入库1行" in words(clerk.post(first, follow=True))
    assert Project.objects.count() == 2


def test_a_batch_of_somebody_else_is_not_found(clerk: Client, zone: Zone) -> None:
    address, _told = preview(clerk, workbook(row()))
    other = client_of(
        account_with("示例同事", zone.elsewhere, zone.now, "project_push.import", "project_push.see_all")
    )
    assert other.get(address).status_code == 404
    assert other.post(address).status_code == 404
    assert not Project.objects.exists()


def test_without_the_right_nobody_uploads(zone: Zone) -> None:
    client = client_of(account_with("示例读者", zone.elsewhere, zone.now, "project_push.see_all"))
    assert upload(client, workbook(row())).status_code == 403
    assert client.get(reverse("case_template", args=["projects"])).status_code == 403
    assert not ImportBatch.objects.exists()


def test_the_blank_workbook_can_be_filled_in_and_imported(clerk: Client) -> None:
    template = openpyxl.load_workbook(io.BytesIO(clerk.get("/projects/import/template/").content))
    sheet = template.active
    at = next(
        cell.row
        for line in sheet.iter_rows()
        for cell in line
        if str(cell.value or "").startswith("*项目名称")
    )
    headings = {
        re.sub(r"[（*].*|^\*", "", str(cell.value).lstrip("*")): cell.column
        for cell in sheet[at]
        if cell.value
    }
    filled = {
        "项目名称": "示例模板项目",
        "投资方": "示例公司",
        "总投资": 2,
        "签约时间": SIGNED_ON,
        "责任单位": "示例经济部",
    }
    for heading, value in filled.items():
        sheet.cell(at + 1, headings[heading], value)
    stream = io.BytesIO()
    template.save(stream)
    _address, told = preview(clerk, stream.getvalue())
    assert "导入无错的1行" in told, told
