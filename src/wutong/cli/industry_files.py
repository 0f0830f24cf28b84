"""A list of industry classes from a file: CSV or a workbook with the columns of code and name."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings

from wutong.base.errors import Refused
from wutong.exchange.reading.grid import CellValue
from wutong.exchange.reading.process import read_workbook

LARGEST = 8 * 1024 * 1024
CODE_HEADINGS = frozenset({"code", "代码", "行业代码", "类别代码"})
NAME_HEADINGS = frozenset({"name", "名称", "行业名称", "类别名称"})
HEADING_ROWS = 20
SMALLEST_WHOLE_CODE = 1000

Rows = Sequence[Sequence[CellValue]]


def read_industry_rows(path: Path) -> list[tuple[str, str]]:
    """(code, name) of every row below the headings; rows without a code are passed over. Raises Refused in words."""
    try:
        if path.stat().st_size > LARGEST:
            raise Refused(f"文件“{path.name}”太大，不像是行业分类清单。")
        sheets = _csv_rows(path) if path.suffix.lower() == ".csv" else _workbook_rows(path)
    except OSError:
        raise Refused(f"打不开文件“{path}”，请检查路径。") from None
    for rows in sheets:
        found = _columns(rows)
        if found:
            return list(_pairs(rows, *found))
    raise Refused(f"文件“{path.name}”里没有找到“代码”和“名称”两列，请在表头写明。")


def _csv_rows(path: Path) -> list[Rows]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise Refused(f"文件“{path.name}”既不是UTF-8也不是GB18030编码的文本。") from None
    return [list(csv.reader(io.StringIO(text)))]


def _workbook_rows(path: Path) -> list[Rows]:
    workbook = read_workbook(
        path, memory_bytes=settings.WUTONG_READER_MEMORY_BYTES, seconds=settings.WUTONG_READER_SECONDS
    )
    return [sheet.rows for sheet in workbook.sheets]


def _columns(rows: Rows) -> tuple[int, int, int] | None:
    """Row of the headings, column of codes, column of names; counted from 0."""
    for number, row in enumerate(rows[:HEADING_ROWS]):
        texts = ["".join(str(cell or "").split()).lower() for cell in row]
        codes = [column for column, text in enumerate(texts) if text in CODE_HEADINGS]
        names = [column for column, text in enumerate(texts) if text in NAME_HEADINGS]
        if codes and names:
            return number, codes[0], names[0]
    return None


def _pairs(rows: Rows, heading: int, code_column: int, name_column: int) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(rows[heading + 1 :], start=heading + 2):
        code = row[code_column] if code_column < len(row) else None
        name = row[name_column] if name_column < len(row) else None
        if code is None or not str(code).strip():
            continue
        yield _code_text(code, number), str(name or "")


def _code_text(code: CellValue, number: int) -> str:
    """A number below 1000 may have lost the 0 in front of it: 111 could be 0111."""
    if isinstance(code, str):
        return code
    whole = (
        int(code) if isinstance(code, int | float) and not isinstance(code, bool) and code == int(code) else 0
    )
    if whole < SMALLEST_WHOLE_CODE:
        raise Refused(f"第{number}行的代码不是文本，前面的0可能丢了；请把代码列设为文本格式再保存。")
    return str(whole)
