"""Year data of firms: what is missing stays missing, what contradicts itself is told. All figures are invented."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.cli.main import main
from wutong.desk.register_imports.printed_ratios import is_consistent
from wutong.desk.register_imports.tests.test_importing_firms import code_of, table
from wutong.desk.register_imports.year_reports import check_rows, import_rows, notes_on
from wutong.desk.register_imports.year_sheet import SHEET
from wutong.exchange.intake import Intake, take_in
from wutong.exchange.tests.samples import grid
from wutong.ledgerkit.ledger import ImportNotes
from wutong.ledgerkit.testing import Zone, make_zone
from wutong.registers.enterprises.models import Enterprise, YearReport
from wutong.registers.enterprises.services import register_enterprise
from wutong.registers.history.models import RegisterChange
from wutong.registers.history.verify import faults
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db
DATED = date(2025, 4, 20)


def row(**cells: Any) -> dict[str, Any]:
    return {"企业名称": "示例电池有限公司", "报告年份": 2024, "年报日期": DATED, "职工人数": 200, **cells}


def intake_of(*rows: Mapping[str, Any]) -> Intake:
    intake = take_in([grid(*table(*rows), name="年报")], SHEET)
    return intake.with_problems(check_rows(intake))


def causes(*rows: Mapping[str, Any]) -> dict[int, str]:
    return {problem.row: problem.message for problem in intake_of(*rows).problems}


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


def write(zone: Zone, *rows: Mapping[str, Any], source: str = "年报.csv", on: date | None = None) -> int:
    accepted = intake_of(*rows).accepted
    return import_rows(accepted, actor=SYSTEM, now=zone.now, on=on or zone.today, source=source)


def notes(zone: Zone, *rows: Mapping[str, Any]) -> ImportNotes:
    return notes_on(intake_of(*rows), source="年报.csv", on=zone.today)


def register(zone: Zone, name: str, **facts: Any) -> Enterprise:
    return register_enterprise(
        name=name, code=facts.pop("code", None), actor=None, on=zone.today, now=zone.now, **facts
    )


# ---- what is written -------------------------------------------------------------------------------------------


def test_a_row_becomes_a_report_with_its_source_and_day(zone: Zone) -> None:
    firm = register(zone, "示例电池有限公司")
    written = write(zone, row(营业收入="1234.5", 净利润=-300.4, **{"研发费用（万元）": 2.5}))
    report = YearReport.objects.get()
    assert (written, report.enterprise, report.year, report.source) == (1, firm, 2024, "年报.csv")
    assert report.dated_on == DATED
    assert report.values == {"staff": 200, "revenue_yuan": 1235, "profit_yuan": -300, "rd_yuan": 25_000}


@pytest.mark.parametrize("marker", [-1, -1.0, "-1", "-1.0", " -1.00 "])
def test_minus_one_is_missing_in_every_spelling_and_told(zone: Zone, marker: Any) -> None:
    cells = row(研发人员=marker, 营业收入=marker, 净利润=marker)
    assert causes(cells) == {}
    assert "3个单元格是-1，按缺失处理。" in notes(zone, cells).file
    write(zone, cells)
    assert YearReport.objects.get().values == {"staff": 200}


def test_another_negative_number_is_refused_where_it_cannot_be(zone: Zone) -> None:
    told = causes(row(营业收入=-2), row(企业名称="示例甲", 职工人数=-3), row(企业名称="示例乙", 净利润=-2))
    assert set(told) == {2, 3}
    assert "金额不能是负数" in told[2]


def test_unknown_firms_are_registered_once_with_their_latest_address(zone: Zone) -> None:
    rows = [
        row(报告年份=2023, 注册地址="示例路1号", 办公地址="示例路3号"),
        row(报告年份=2024, 注册地址="示例路2号", 办公地址="示例路4号"),
    ]
    assert "名录里没有的1家企业会一并登记。" in notes(zone, *rows).file
    assert write(zone, *rows) == 2
    firm = Enterprise.objects.get()
    assert (firm.address, firm.real_address, firm.is_disclosed) == ("示例路2号", "示例路4号", True)
    assert firm.year_reports.count() == 2
    assert list(faults()) == []


def test_a_firm_is_found_by_its_code_alone(zone: Zone) -> None:
    firm = register(zone, "示例甲公司", code=code_of(1))
    cells = {"统一社会信用代码": code_of(1), "年度": "2024年", "职工人数": "30人"}
    assert write(zone, cells) == 1
    assert YearReport.objects.get().enterprise == firm
    assert "名录里没有这个代码" in causes(cells | {"统一社会信用代码": code_of(2)})[2]


def test_a_secret_firm_that_a_report_names_is_disclosed(zone: Zone) -> None:
    register(zone, "示例电池有限公司", is_disclosed=False)
    assert "新登记企业" in str(notes(zone, row()).rows[2])
    write(zone, row())
    assert Enterprise.objects.get().is_disclosed


def test_the_same_file_again_changes_nothing_also_on_another_day(zone: Zone) -> None:
    rows = [row(), {**row(报告年份=2023), "年报日期": None}]
    assert write(zone, *rows) == 2
    changes = RegisterChange.objects.count()
    assert write(zone, *rows, on=date(2030, 1, 1)) == 0
    assert RegisterChange.objects.count() == changes
    assert str(notes(zone, *rows).rows[2]) == "已有，没有变化"


def test_a_correction_of_the_same_source_and_day_is_told_and_replaces(zone: Zone) -> None:
    write(zone, row())
    assert "以这次为准" in str(notes(zone, row(职工人数=210)).rows[2])
    write(zone, row(职工人数=210))
    assert YearReport.objects.get().values == {"staff": 210}


# ---- what is refused -------------------------------------------------------------------------------------------


def test_the_same_report_twice_is_refused_and_several_years_are_not(zone: Zone) -> None:
    told = causes(row(), row(企业名称="示例 电池有限公司"), row(报告年份=2023), row(来源="统计局"))
    assert set(told) == {2, 3}
    assert "与第3行是同一家企业、同一年度、同一来源和日期" in told[2]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"企业名称": None, "统一社会信用代码": None}, "没有企业名称，也没有统一社会信用代码"),
        ({"报告年份": 24}, "不是年度"),
        ({"报告年份": None}, "必须填写"),
        ({"统一社会信用代码": "91379999MA000000XA"}, "校验位不对"),
    ],
)
def test_a_wrong_row_is_refused_in_words(zone: Zone, wrong: dict[str, Any], expected: str) -> None:
    assert expected in causes(row(**wrong))[2]


def test_a_new_firm_with_two_codes_is_refused(zone: Zone) -> None:
    told = causes(row(统一社会信用代码=code_of(1)), row(报告年份=2023, 统一社会信用代码=code_of(2)))
    assert all("几个代码" in words for words in told.values())
    assert set(told) == {2, 3}


# ---- printed ratios --------------------------------------------------------------------------------------------


def test_a_printed_ratio_is_not_imported_and_told_where_it_contradicts(zone: Zone) -> None:
    rows = [row(研发人员=50, 研发人员比率="25.0"), row(企业名称="示例甲", 研发人员=50, 研发人员比率="26.0")]
    told = notes(zone, *rows)
    assert any("1行印出的研发人员比率与人数对不上" in str(words) for words in told.file)
    assert "对不上" not in str(told.rows[2])
    assert "对不上" in str(told.rows[3])
    write(zone, *rows)
    assert all(set(report.values) == {"staff", "rd_staff"} for report in YearReport.objects.all())


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 4))
def test_every_rounding_of_a_ratio_agrees_and_one_unit_more_does_not(
    part: int, whole: int, places: int
) -> None:
    part = min(part, whole)
    tenfold = 10**places
    units = (2 * part * 100 * tenfold + whole) // (2 * whole)  # rounded half up, in units of the last place

    def text(number: int) -> str:
        return f"{number // tenfold}.{number % tenfold:0{places}d}" if places else str(number)

    assert is_consistent(text(units), part, whole)
    assert not is_consistent(text(units + 2) + "%", part, whole)


@pytest.mark.parametrize(
    ("printed", "part", "whole", "agrees"),
    [
        ("0.25", 50, 200, True),
        ("25％", 50, 200, True),
        ("0.25%", 50, 200, False),
        ("-1.0", 50, 200, True),
        ("见年报", 50, 200, True),
        ("26", None, 200, True),
        ("26", 50, 0, True),
    ],
)
def test_a_share_agrees_and_what_cannot_be_compared_is_let_be(
    printed: str, part: int | None, whole: int | None, agrees: bool
) -> None:
    assert is_consistent(printed, part, whole) is agrees


# ---- the command -----------------------------------------------------------------------------------------------


def test_the_command_counts_and_a_dry_run_writes_nothing(tmp_path: Any, capsys: Any) -> None:
    path = tmp_path / "年报.csv"
    path.write_bytes(
        "企业名称,年度,职工人数,营业收入\n示例甲,2024,5,-1.0\n示例乙,2024,人,3\n".encode("gb18030")
    )
    assert main(["enterprises", "load", str(path), "--year-data", "--dry-run"]) == 1
    told = capsys.readouterr().out
    assert "新增\t1\n" in told
    assert "缺失标记（-1）的单元格\t1\n" in told
    assert "工作表“CSV”第3行C列“职工人数”" in told
    assert "没有写入" in told
    assert not Enterprise.objects.exists()
    assert main(["enterprises", "load", str(path), "--year-data"]) == 1
    assert YearReport.objects.get().values == {"staff": 5}


def test_the_command_loads_a_list_of_firms(tmp_path: Any, capsys: Any) -> None:
    path = tmp_path / "名录.csv"
    path.write_text("企业名称\t注册地址\n示例甲\t示例路1号\n", encoding="utf-8-sig")
    assert main(["enterprises", "load", str(path)]) == 0
    assert "新增\t1\n" in capsys.readouterr().out
    assert main(["enterprises", "load", str(path)]) == 0
    assert "未变\t1\n" in capsys.readouterr().out
    assert Enterprise.objects.get().address == "示例路1号"
