"""Tables out: styled workbooks, CSV, and blank templates for import.

A text is always written as a text: what begins with = + - @ is never a formula. Numbers and dates are real ones
in the unit of their column, so that an export can be imported again with equal values.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from wutong.exchange.sheets import Sheet, SheetColumn
from wutong.ui.tables import Cell, Column, Row, Text

LANGUAGE = "zh-hans"
"""Ledgers and official tables are simplified Chinese, whatever language the user's pages have."""
PAPER_A3 = 8
LONGEST_TEXT = 32_767
WIDTHS = {"name": 30, "long": 44, "text": 16, "date": 12, "number": 11, "money": 14, "lamp": 8}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TEMPLATE_ROWS = 1_000
CHOICES_SHEET = "选项"


def write_table(
    stream: IO[bytes],
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    title: Text,
    subtitle: Sequence[Text] = (),
    sums: Mapping[str, Cell] | None = None,
    language: str = LANGUAGE,
) -> None:
    """Writes an .xlsx workbook in constant memory: title, `subtitle` lines (填报单位, 填报人, 审核人, 日期), header,
    序号 first, rows as they come, 合计 last. `sums` are the totals of the whole result by column key; without
    them the columns marked `total` are added up. A3 landscape, the header repeats on every page.
    """
    with override(language):
        _TableWriter(stream, columns, str(title)).write(rows, [str(line) for line in subtitle], sums)


def write_csv(
    stream: IO[bytes], columns: Sequence[Column], rows: Iterable[Row], *, language: str = LANGUAGE
) -> None:
    """Writes UTF-8 with a byte order mark, so that Excel reads it. A text that Excel would take for a formula
    gets a leading apostrophe; numbers stay numbers."""
    with override(language):
        stream.write(b"\xef\xbb\xbf")
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow(
            ["序号"] + [_guarded("·".join(filter(None, (str(c.group), _heading(c))))) for c in columns]
        )
        for number, row in enumerate(rows, start=1):
            writer.writerow([number] + [_csv_value(row.cells.get(column.key)) for column in columns])
        text.flush()
        text.detach()


def write_blank_template(stream: IO[bytes], sheet: Sheet) -> None:
    """Writes an empty workbook for `sheet`: units in the header, * on required columns, drop-downs for choices.

    `take_in` reads it as it is once rows are filled in.
    """
    with override(LANGUAGE), xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        _write_template(book, sheet)


# ---- values ----------------------------------------------------------------------------------------------------


def _export_value(cell: Cell | None) -> Any:
    if cell is None:
        return None
    value = cell.text if cell.value is None else cell.value
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, (int, Decimal, float, date, datetime)):
        return value
    return str(value) if value not in (None, "") else None


def _guarded(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _csv_value(cell: Cell | None) -> Any:
    value = _export_value(cell)
    if isinstance(value, str):
        return _guarded(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None else value


def _heading(column: Column) -> str:
    return f"{column.label}（{column.unit}）" if str(column.unit) else str(column.label)


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", "", title).strip("' ")[:31].strip("' ") or "表"


# ---- a table ---------------------------------------------------------------------------------------------------


class _TableWriter:
    """Writes rows strictly downwards, as constant memory asks."""

    def __init__(self, stream: IO[bytes], columns: Sequence[Column], title: str) -> None:
        self.columns = columns
        self.title = title
        self.book = xlsxwriter.Workbook(
            stream, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
        )
        self.page = self.book.add_worksheet(_sheet_name(title))
        self.formats: dict[tuple[str, bool], Any] = {}
        self.row = 0
        self.last_column = len(columns)
        self.added: dict[str, Decimal] = {}

    def write(self, rows: Iterable[Row], subtitle: Sequence[str], sums: Mapping[str, Cell] | None) -> None:
        self._set_widths()
        self._write_title(subtitle)
        first_header_row = self.row
        self._write_header()
        self._set_up_printing(first_header_row)
        for number, row in enumerate(rows, start=1):
            self._write_row(number, row.cells)
        if sums is None and self.added:
            sums = {key: Cell(value=value) for key, value in self.added.items()}
        if sums:
            self._write_row(None, sums)
        self.book.close()

    def _set_widths(self) -> None:
        self.page.set_column(0, 0, 6)
        for number, column in enumerate(self.columns, start=1):
            self.page.set_column(number, number, max(WIDTHS[column.kind], 2 * len(_heading(column)) + 2))

    def _write_title(self, subtitle: Sequence[str]) -> None:
        heading = self.book.add_format(
            {"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"}
        )
        line = self.book.add_format({"align": "left", "valign": "vcenter"})
        for text, style in [(self.title, heading), *((text, line) for text in subtitle)]:
            if self.last_column:
                self.page.merge_range(self.row, 0, self.row, self.last_column, "", style)
            self.page.write_string(self.row, 0, text, style)
            self.row += 1

    def _write_header(self) -> None:
        """One row, or two when columns are grouped: labels in the lower row, groups merged above them. A label
        without a group is drawn over both rows by its borders; merged downwards it could not be streamed."""
        style = {
            "bold": True,
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
            "bg_color": "#E8EEF5",
        }
        whole = self.book.add_format({**style, "border": 1})
        upper = self.book.add_format({**style, "top": 1, "left": 1, "right": 1})
        lower = self.book.add_format({**style, "bottom": 1, "left": 1, "right": 1})
        is_grouped = any(str(column.group) for column in self.columns)
        if is_grouped:
            self.page.write_blank(self.row, 0, None, upper)
            number = 1
            for group, members in groupby(self.columns, key=lambda column: str(column.group)):
                last = number + len(list(members)) - 1
                if group and last > number:
                    self.page.merge_range(self.row, number, self.row, last, "", whole)
                for place in range(number, last + 1):
                    if not group:
                        self.page.write_blank(self.row, place, None, upper)
                if group:
                    self.page.write_string(self.row, number, group, whole)
                number = last + 1
            self.row += 1
        self.page.write_string(self.row, 0, "序号", lower if is_grouped else whole)
        for number, column in enumerate(self.columns, start=1):
            own = whole if str(column.group) or not is_grouped else lower
            self.page.write_string(self.row, number, _heading(column), own)
        self.row += 1

    def _set_up_printing(self, first_header_row: int) -> None:
        self.page.set_landscape()
        self.page.set_paper(PAPER_A3)
        self.page.fit_to_pages(1, 0)
        self.page.repeat_rows(first_header_row, self.row - 1)
        self.page.freeze_panes(self.row, min(2, self.last_column))
        self.page.set_footer("&C第 &P 页，共 &N 页")

    def _write_row(self, number: int | None, cells: Mapping[str, Cell]) -> None:
        is_sum = number is None
        if number is None:
            self.page.write_string(self.row, 0, "合计", self._format("text", is_sum))
        else:
            self.page.write_number(self.row, 0, number, self._format("0", is_sum))
        for place, column in enumerate(self.columns, start=1):
            value = _export_value(cells.get(column.key))
            self._write_value(place, column, value, is_sum)
            if column.total and not is_sum and isinstance(value, (int, Decimal)):
                self.added[column.key] = self.added.get(column.key, Decimal(0)) + value
        self.row += 1

    def _write_value(self, place: int, column: Column, value: Any, is_sum: bool) -> None:
        if value is None:
            self.page.write_blank(self.row, place, None, self._format("text", is_sum))
        elif isinstance(value, datetime):
            self.page.write_datetime(self.row, place, value, self._format("yyyy-mm-dd hh:mm", is_sum))
        elif isinstance(value, date):
            self.page.write_datetime(self.row, place, value, self._format("yyyy-mm-dd", is_sum))
        elif isinstance(value, str):
            style = self._format("long" if column.kind in {"long", "name"} else "text", is_sum)
            self.page.write_string(self.row, place, _fitting(value), style)
        else:
            self.page.write_number(self.row, place, value, self._format(_number_format(value), is_sum))

    def _format(self, kind: str, is_sum: bool) -> Any:
        """`kind` is text, long (wraps) or a number format."""
        if (kind, is_sum) not in self.formats:
            style: dict[str, Any] = {"border": 1, "valign": "vcenter", "bold": is_sum}
            if kind == "long":
                style["text_wrap"] = True
            elif kind != "text":
                style["num_format"] = kind
            self.formats[kind, is_sum] = self.book.add_format(style)
        return self.formats[kind, is_sum]


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _number_format(value: int | float | Decimal) -> str:
    """As many decimals as the value has: 52.0 stays 52.0."""
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    if isinstance(value, float):
        return "General"
    return f"#,##0.{'0' * places}" if places else "#,##0"


# ---- a blank template ------------------------------------------------------------------------------------------


def _write_template(book: Any, sheet: Sheet) -> None:
    columns = [column for column in sheet.columns if column.is_imported]
    page = book.add_worksheet(_sheet_name(str(sheet.name)))
    options = book.add_worksheet(CHOICES_SHEET)
    options.hide()
    title = book.add_format({"bold": True, "font_size": 16})
    note = book.add_format({"font_color": "#555555"})
    header = book.add_format(
        {"bold": True, "border": 1, "align": "center", "text_wrap": True, "bg_color": "#E8EEF5"}
    )
    page.write_string(0, 0, str(sheet.name), title)
    page.write_string(
        1,
        0,
        _("说明：带*的列必填；日期填到日，例如 2023-01-06；金额和数量只填数字；不要改列头，不要合并单元格。"),
        note,
    )
    page.write_string(2, 0, "序号", header)
    for number, column in enumerate(columns, start=1):
        page.write_string(2, number, _template_heading(column), header)
        style = {"date": "yyyy-mm-dd", "text": "@"}.get(column.kind)
        width = 2 * len(_template_heading(column)) + 4
        page.set_column(number, number, width, book.add_format({"num_format": style}) if style else None)
        choices = ["是", "否"] if column.kind == "boolean" else list(column.choices)
        if choices:
            options.write_column(0, number, choices)
            source = f"={CHOICES_SHEET}!{_column_range(number, len(choices))}"
            page.data_validation(3, number, 3 + TEMPLATE_ROWS, number, {"validate": "list", "source": source})
    page.freeze_panes(3, 2)
    page.activate()


def _template_heading(column: SheetColumn) -> str:
    unit = f"（{column.unit}）" if column.unit else ""
    return f"{'*' if column.required else ''}{column.label}{unit}"


def _column_range(number: int, length: int) -> str:
    absolute: str = xlsxwriter.utility.xl_range_abs(0, number, length - 1, number)
    return absolute
