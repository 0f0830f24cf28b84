"""Real year data, which nobody here made up. Its folder is given by WUTONG_REAL_FILES and is no part of the project."""

import csv
import re
from pathlib import Path

import pytest

from wutong.cli.main import main
from wutong.registers.enterprises.models import Enterprise, YearReport
from wutong.registers.history.models import RegisterChange

FILE = "a_enterprises/listed_company_year_shandong.csv"
COLUMNS = {
    "staff": "职工人数",
    "rd_staff": "研发人员",
    "revenue_yuan": "营业收入",
    "rd_yuan": "研发费用",
    "profit_yuan": "净利润",
}


@pytest.mark.real_files
@pytest.mark.django_db
def test_real_year_data_loads_whole_and_what_is_missing_stays_missing(
    real_files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (real_files / FILE).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    command = ["enterprises", "load", str(real_files / FILE), "--year-data"]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert f"新增\t{len(rows)}\n" in told
    assert "有错的格\t0\n" in told
    reports = list(YearReport.objects.select_related("enterprise"))
    assert (len(rows), Enterprise.objects.count()) == (len(reports), len({row["企业名称"] for row in rows}))
    assert (len(reports), Enterprise.objects.count()) == (647, 251)
    by_key = {(item.enterprise.name, item.year): item.values for item in reports}
    markers = 0
    for row in rows:
        values = by_key[row["企业名称"], int(row["报告年份"])]
        for code, heading in COLUMNS.items():
            is_missing = float(row[heading]) == -1
            markers += is_missing
            assert (code not in values) == is_missing
            assert is_missing or abs(values[code] - float(row[heading])) <= 0.5
    assert not any(value == -1 for values in by_key.values() for value in values.values())
    assert f"缺失标记（-1）的单元格\t{markers}\n" in told
    ratios = re.search(r"印出的研发人员比率与人数对不上的行\t(\d+)", told)
    assert ratios is not None
    assert int(ratios[1]) == sum(_contradicts(row) for row in rows)
    changes = RegisterChange.objects.count()
    assert main(command) == 0
    assert f"未变\t{len(rows)}\n" in capsys.readouterr().out
    assert RegisterChange.objects.count() == changes
    print(f"{markers} missing values, {ratios[1]} printed ratios contradict their parts")


def _contradicts(row: dict[str, str]) -> bool:
    """The rule, counted in a plain way: whole numbers only, in units of the last printed place."""
    printed = row["研发人员比率"]
    scale = 10 ** len(printed.partition(".")[2])
    staff, part = int(row["职工人数"]), int(row["研发人员"])
    return staff > 0 and abs(2 * (part * 100 * scale) - 2 * round(float(printed) * scale) * staff) > staff
