"""`wutong industries load` takes the shipped part or a list from a file."""

from pathlib import Path

import openpyxl
import pytest

from wutong.cli.main import main
from wutong.registers.industries.models import IndustryClass
from wutong.registers.industries.queries import class_of
from wutong.registers.industries.services import load_industry_classes

pytestmark = pytest.mark.django_db
Capture = pytest.CaptureFixture[str]
ROWS = [("代码", "类别名称"), ("C1311", "稻谷加工"), ("", ""), ("011", "谷物种植"), ("0111", "稻谷种植")]


def csv_of(folder: Path, encoding: str) -> Path:
    path = folder / "list.csv"
    path.write_bytes("\n".join(",".join(row) for row in ROWS).encode(encoding))
    return path


def workbook_of(folder: Path, rows: list[tuple[object, object]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    path = folder / "list.xlsx"
    book.save(path)
    return path


def test_the_shipped_part_is_loaded_and_counted(capsys: Capture) -> None:
    assert main(["industries", "load"]) == 0
    assert f"新增{IndustryClass.objects.count()}个" in capsys.readouterr().out
    assert main(["industries", "load"]) == 0
    assert "新增0个，更名0个" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_adds_what_the_shipped_part_lacks(tmp_path: Path, capsys: Capture, encoding: str) -> None:
    load_industry_classes()
    assert main(["industries", "load", str(csv_of(tmp_path, encoding))]) == 0
    assert "共3个行业代码：新增3个" in capsys.readouterr().out
    assert class_of("0111").found.name == "稻谷种植"


def test_a_workbook_with_a_title_above_its_headings_is_read(tmp_path: Path) -> None:
    load_industry_classes()
    rows: list[tuple[object, object]] = [("示例清单", None), *ROWS, (1312, "小麦加工")]
    assert main(["industries", "load", str(workbook_of(tmp_path, rows))]) == 0
    assert class_of("1312").found.name == "小麦加工"


def test_a_code_that_may_have_lost_its_zero_is_refused_with_its_row(tmp_path: Path, capsys: Capture) -> None:
    load_industry_classes()
    path = workbook_of(tmp_path, [("代码", "名称"), ("131", "谷物磨制"), (111, "稻谷种植")])
    assert main(["industries", "load", str(path)]) == 1
    assert "第3行的代码不是文本" in capsys.readouterr().err


def test_what_cannot_be_read_is_told_in_words(tmp_path: Path, capsys: Capture) -> None:
    assert main(["industries", "load", str(tmp_path / "none.csv")]) == 1
    assert "打不开文件" in capsys.readouterr().err
    other = tmp_path / "other.csv"
    other.write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert main(["industries", "load", str(other)]) == 1
    assert "没有找到“代码”和“名称”两列" in capsys.readouterr().err
    assert not IndustryClass.objects.exists()
