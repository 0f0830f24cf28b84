"""Real forms, which nobody here wrote. Their folder is given by WUTONG_REAL_FILES and is no part of the project."""

from pathlib import Path

import pytest

from wutong.base.errors import Refused
from wutong.exchange.intake import take_in
from wutong.exchange.reading.process import read_workbook
from wutong.exchange.sheets import Sheet, SheetColumn
from wutong.exchange.tests.samples import PUSH

FORM = Sheet(
    code="form",
    name="项目明细表",
    columns=(
        SheetColumn("name", "项目名称", required=True),
        SheetColumn(
            "scale", "建设内容及规模", synonyms=("项目建设规模和内容",), max_length=2_000, multiline=True
        ),
        SheetColumn("investment_yuan", "总投资", "money", unit="亿元", synonyms=("估算投资",)),
    ),
    key_columns=("name",),
)


@pytest.mark.real_files
def test_every_real_workbook_ends_in_rows_or_in_plain_words(real_files: Path) -> None:
    paths = sorted(path for path in (real_files / "h_messy_excel").rglob("*") if path.is_file())
    assert paths
    for path in paths:
        for sheet in (PUSH, FORM):
            try:
                workbook = read_workbook(path, memory_bytes=1 << 30, seconds=60)
            except Refused as refused:
                assert str(refused.message).endswith("。")
                continue
            # The whole workbook first, then each of its sheets as if it were alone.
            for grids in (workbook.sheets, *((grid,) for grid in workbook.sheets)):
                try:
                    intake = take_in(grids, sheet)
                except Refused as refused:
                    assert str(refused.message).endswith("。")
                    continue
                grid = next(grid for grid in grids if grid.name == intake.sheet_name)
                counted = len(intake.accepted) + len(intake.refused) + len(intake.skipped)
                first = min(row.number for row in (*intake.rows, *intake.skipped))
                assert counted == len(grid.rows) - first + 1
                assert all(f"工作表“{grid.name}”第" in problem.message for problem in intake.problems)
