"""From a raw cell to a value. Every function is pure; an empty cell is None; `CellProblem` says what to do.

A float from Excel is read with 15 significant digits, which is exactly what Excel itself shows: 0.1+0.2 is 0.3.
A value is never guessed: what can be read in two ways is refused.
"""

import calendar
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from wutong.base.money import to_yuan
from wutong.exchange.headings import CURRENCIES, fold, money_unit
from wutong.exchange.reading.extent import UNCALCULATED
from wutong.exchange.reading.grid import CellError, CellValue
from wutong.exchange.sheets import SheetColumn

EMPTY = frozenset({"", "-", "--", "—", "——", "–", "―", "─", "/", "\\", "无"})
FIRST_YEAR, LAST_YEAR = 1990, 2100
EXCEL_EPOCH = date(1899, 12, 30)
EXACT_DIGITS = 15
YUAN_LIMIT = 10**15
LONGEST_NUMBER = 20
"""A longer number would not fit the 28 digits of decimal arithmetic once its unit is applied."""
QUOTED_LENGTH = 30

INVISIBLE = frozenset(
    "\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
CHINESE = "[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
LINE_BREAK = re.compile(r"[ \t\u3000]*[\r\n\v\f\u0085\u2028\u2029]+[ \t\u3000]*")
BREAK_IN_CHINESE = re.compile(f"(?<={CHINESE})\n+(?={CHINESE})")

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
SIGNED = re.compile(rf"([+-]?)({NUMBER})(.*)", re.DOTALL)
ROUGHLY = re.compile(
    r"约|大概|大约|左右|上下|近(?=[\d.])|超|逾|多(?=[万亿元])|余|不低于|不少于|以上|以下|以内|[≥≤><~≈]|\+$"
)
RANGE = re.compile(rf"({NUMBER})(?:万|亿)?元?[-~—–至到]({NUMBER})")
FOREIGN = re.compile(CURRENCIES)
YUAN_PREFIX = re.compile(r"^(?:人民币|rmb|cny|[¥￥])+")

DAY = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?"
    r"(?:\s*T?\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
DAY_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*(?:月份?)?")
YEAR = re.compile(r"(\d{4})\s*年?(?:度)?")
SERIAL = re.compile(r"\d{5}")

YES = frozenset({"是", "√", "✓", "✔", "☑", "y", "yes", "true", "1"})
NO = frozenset({"否", "×", "✗", "✘", "x", "n", "no", "false", "0"})


class CellProblem(Exception):
    """`message` says what is wrong with the cell and what to write instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def is_empty(value: CellValue) -> bool:
    """Nothing written, or one of the signs that people write for nothing (—, /, 无)."""
    return value is None or (isinstance(value, str) and fold(visible(value)) in EMPTY)


def is_marker(value: CellValue, marker: int) -> bool:
    """Whether the cell holds this number and nothing else: -1, -1.0, “-1.00”."""
    if isinstance(value, str):
        return re.fullmatch(rf"{marker}(?:\.0+)?", fold(visible(value))) is not None
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == marker


def raw_text(value: CellValue) -> str:
    """The cell as a person would quote it."""
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _plain(exact(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value)


def exact(number: int | float) -> Decimal:
    """The number that Excel shows for what it stores."""
    return Decimal(number) if isinstance(number, int) else Decimal(format(number, f".{EXACT_DIGITS}g"))


def parse_cell(value: CellValue, column: SheetColumn, unit: str) -> object:
    """The value of one cell for a declared column; `unit` is the one that its heading settled on."""
    if column.missing_marker is not None and is_marker(value, column.missing_marker):
        return None
    match column.kind:
        case "text":
            return parse_text(value, max_length=column.max_length, multiline=column.multiline)
        case "money":
            return parse_money(value, unit, negative_allowed=column.negative_allowed)
        case "date":
            return parse_date(value, month_as=column.month_as)
        case "integer":
            return parse_integer(value, unit=unit, negative_allowed=column.negative_allowed)
        case "decimal":
            return parse_decimal(
                value,
                unit=unit,
                negative_allowed=column.negative_allowed,
                decimal_places=column.decimal_places,
            )
        case "choice":
            return parse_choice(value, column.choices)
        case "boolean":
            return parse_boolean(value)


def parse_text(value: CellValue, *, max_length: int, multiline: bool = False) -> str | None:
    """A text as it is written. Only outer white space and invisible control characters go; characters are never
    replaced, because a name is a name. Without `multiline` a line break inside Chinese goes too."""
    value = _present(value)
    if value is None:
        return None
    if isinstance(value, float) and abs(value) >= 10**EXACT_DIGITS:
        raise CellProblem(_("数字超过15位，Excel 已丢掉后面的位数；请把单元格设为文本后重新填写"))
    text = value.date().isoformat() if isinstance(value, datetime) else raw_text(value)
    text = LINE_BREAK.sub("\n", text).replace("\t", " ")
    if not multiline:
        text = BREAK_IN_CHINESE.sub("", text).replace("\n", " ")
    text = visible(text).strip()
    if len(text) > max_length:
        raise CellProblem(
            _("有%(length)d个字，最多%(limit)d个字") % {"length": len(text), "limit": max_length}
        )
    return text


def parse_money(value: CellValue, unit: str, *, negative_allowed: bool = False) -> int | None:
    """Integer yuan; a bare number is in `unit` (元, 万元, 亿元), a number may carry its own. Half up, once."""
    value = _present(value)
    if value is None:
        return None
    if isinstance(value, str):
        amount, unit = _money_in_text(value, unit)
    elif isinstance(value, (bool, date)):
        raise CellProblem(
            _("%(cell)s不是金额；请填数字，单位%(unit)s") % {"cell": _quoted(value), "unit": unit}
        )
    else:
        amount = exact(value)
    if amount < 0 and not negative_allowed:
        raise CellProblem(_("%(cell)s是负数；金额不能是负数") % {"cell": _quoted(value)})
    yuan = to_yuan(amount, unit) if abs(amount) < YUAN_LIMIT else YUAN_LIMIT
    if abs(yuan) >= YUAN_LIMIT:
        raise CellProblem(_("%(cell)s大得不像金额；请检查数字和单位") % {"cell": _quoted(value)})
    return yuan


def _money_in_text(value: str, unit: str) -> tuple[Decimal, str]:
    detail = {"cell": _quoted(value), "unit": unit}
    text = fold(visible(value))
    if FOREIGN.search(text):
        raise CellProblem(_("%(cell)s是外币，不能当作人民币；请折算成人民币，单位%(unit)s") % detail)
    if RANGE.search(text):
        raise CellProblem(_("%(cell)s是一个范围；请填一个数，单位%(unit)s") % detail)
    if ROUGHLY.search(text):
        raise CellProblem(_("%(cell)s不是确定的数；请填一个数，单位%(unit)s") % detail)
    text = YUAN_PREFIX.sub("", text)
    if text.startswith("(") and text.endswith(")") and SIGNED.fullmatch(text[1:-1]):
        text = f"-{text[1:-1]}"
    match = SIGNED.fullmatch(text)
    if match is None:
        raise CellProblem(_("%(cell)s不是金额；请填数字，单位%(unit)s") % detail)
    sign, digits, rest = match.groups()
    rest = rest.removesuffix("整")
    own_unit = money_unit(rest) if rest else unit
    if not own_unit:
        if rest[0] in ",.":
            raise CellProblem(_("%(cell)s里的逗号或小数点不对；请填数字，单位%(unit)s") % detail)
        raise CellProblem(_("%(cell)s不是金额，像产能或数量；请填数字，单位%(unit)s") % detail)
    return _written_number(sign, digits), own_unit


def parse_date(value: CellValue, *, month_as: str = "") -> date | None:
    """A day of 1990–2100: an Excel date, its serial number, or a written day. A time of day is left out."""
    value = _present(value)
    if value is None:
        return None
    if isinstance(value, datetime):
        return _day_in_range(value.date())
    if isinstance(value, date):
        return _day_in_range(value)
    if isinstance(value, bool):
        raise CellProblem(_("%(cell)s不是日期；请填到日，例如 2023-01-06") % {"cell": _quoted(value)})
    if isinstance(value, (int, float)):
        if isinstance(value, float) and not value.is_integer() and value < 10_000:
            raise CellProblem(
                _("%(cell)s只写到月，而且分不清是几月；请填到日，例如 2023-01-06") % {"cell": _quoted(value)}
            )
        text = str(int(value))
    else:
        text = unicodedata.normalize("NFKC", visible(value)).strip()
    return _day_in_text(text, month_as, _quoted(value))


def _day_in_text(text: str, month_as: str, cell: str) -> date:
    if SERIAL.fullmatch(text):
        return _day_in_range(EXCEL_EPOCH + timedelta(days=int(text)))
    if match := DAY.fullmatch(text) or DAY_DIGITS.fullmatch(text):
        return _day(*(int(part) for part in match.groups()))
    if match := MONTH.fullmatch(text):
        year, month = int(match[1]), int(match[2])
        first = _day(year, month, 1)
        if month_as == "first_day":
            return first
        if month_as == "last_day":
            return first.replace(day=calendar.monthrange(year, month)[1])
        raise CellProblem(_("%(cell)s只写到月；请填到日，例如 2023-01-06") % {"cell": cell})
    if YEAR.fullmatch(text):
        raise CellProblem(_("%(cell)s只写到年；请填到日，例如 2023-01-06") % {"cell": cell})
    raise CellProblem(_("%(cell)s读不出日期；请填到日，例如 2023-01-06") % {"cell": cell})


def _day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise CellProblem(_("没有%(month)d月；请改正日期") % {"month": month})
    _year_in_range(year)
    try:
        return date(year, month, day)
    except ValueError:
        text = f"{year}-{month:02}-{day:02}"
        raise CellProblem(_("没有%(date)s这一天；请改正日期") % {"date": text}) from None


def _day_in_range(day: date) -> date:
    _year_in_range(day.year)
    return day


def _year_in_range(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellProblem(
            _("年份%(year)d不在%(first)d—%(last)d年之间；请检查日期")
            % {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR}
        )


def parse_integer(value: CellValue, *, unit: str = "", negative_allowed: bool = False) -> int | None:
    number = parse_decimal(value, unit=unit, negative_allowed=negative_allowed)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise CellProblem(_("%(cell)s不是整数；请填整数") % {"cell": _quoted(value)})
    return int(number)


def parse_decimal(
    value: CellValue, *, unit: str = "", negative_allowed: bool = False, decimal_places: int | None = None
) -> Decimal | None:
    """A number, with or without `unit` written behind it. More than `decimal_places` is refused, not rounded."""
    value = _present(value)
    if value is None:
        return None
    if isinstance(value, (bool, date)):
        raise CellProblem(_("%(cell)s不是数字；请填数字") % {"cell": _quoted(value)})
    number = _number_in_text(value, unit) if isinstance(value, str) else exact(value)
    if number < 0 and not negative_allowed:
        raise CellProblem(_("%(cell)s是负数；这一列不能是负数") % {"cell": _quoted(value)})
    if decimal_places is not None and number != round(number, decimal_places):
        raise CellProblem(
            _("%(cell)s的小数超过%(places)d位；请四舍五入后再填")
            % {"cell": _quoted(value), "places": decimal_places}
        )
    return number


def _number_in_text(value: str, unit: str) -> Decimal:
    match = SIGNED.fullmatch(fold(visible(value)))
    if match is None:
        raise CellProblem(_("%(cell)s不是数字；请填数字") % {"cell": _quoted(value)})
    sign, digits, rest = match.groups()
    if rest and rest != fold(unit):
        detail = {"cell": _quoted(value), "unit": unit}
        if unit:
            raise CellProblem(_("%(cell)s不是数字；请只填数字，单位%(unit)s") % detail)
        raise CellProblem(_("%(cell)s不是数字；请只填数字") % detail)
    return _written_number(sign, digits)


def _written_number(sign: str, digits: str) -> Decimal:
    if len(digits) > LONGEST_NUMBER:
        raise CellProblem(_("数字有%(length)d位，太长；请检查数字和单位") % {"length": len(digits)})
    return Decimal(sign + digits.replace(",", ""))


def parse_choice(value: CellValue, choices: Mapping[str, str]) -> str | None:
    """The code of a label; white space and full width do not matter, nothing else is forgiven."""
    if isinstance(value, CellError):
        value = _present(value)
    wanted = fold(visible(raw_text(value)))
    for label, code in choices.items():
        if fold(label) == wanted:
            return code
    if is_empty(value):
        return None
    raise CellProblem(
        _("没有%(cell)s这一项；可填：%(choices)s") % {"cell": _quoted(value), "choices": "、".join(choices)}
    )


def parse_boolean(value: CellValue) -> bool | None:
    value = _present(value)
    if value is None or isinstance(value, bool):
        return value
    text = fold(visible(raw_text(value)))
    if text in YES:
        return True
    if text in NO:
        return False
    raise CellProblem(_("%(cell)s看不出是或否；请填“是”或“否”") % {"cell": _quoted(value)})


def _present(value: CellValue) -> str | int | float | bool | date | datetime | None:
    if isinstance(value, CellError):
        if value.code == UNCALCULATED:
            raise CellProblem(_("公式没有计算结果；请在 Excel 中打开并保存，或改填结果"))
        raise CellProblem(_("是 Excel 错误 %(code)s；请改正公式或填写结果") % {"code": value.code})
    return None if is_empty(value) else value


def visible(text: str) -> str:
    """The text without control characters and marks that nobody sees; line breaks stay."""
    return "".join(
        character
        for character in text
        if character == "\n" or (character not in INVISIBLE and unicodedata.category(character) != "Cc")
    )


def _quoted(value: CellValue) -> str:
    text = visible(raw_text(value)).replace("\n", " ").strip()
    return f"“{text[:QUOTED_LENGTH]}…”" if len(text) > QUOTED_LENGTH else f"“{text}”"


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
