"""Numbers and days as text. Rounding is half up, once, on exact decimals; nothing here is a float.

The unit is not part of an amount's text: it stands in the head of the column or beside the figure.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext, ngettext

YI = 10**8
WAN = 10**4
MILLION = 10**6

Amount = int | Decimal


def rounded(amount: Amount, unit: int, places: int) -> Decimal:
    """`amount` in units of `unit` (YI, WAN, MILLION or 1), rounded half away from zero to `places` decimals."""
    quotient = Decimal(amount).scaleb(-_zeros(unit))
    result = quotient.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return result if result else abs(result)  # no "-0.0"


def in_yi(yuan: Amount | None, places: int = 1) -> str:
    """Yuan as 亿元: 5_200_000_000 is "52.0". Unknown (None) is empty."""
    return _grouped(yuan, YI, places)


def in_wan(yuan: Amount | None, places: int = 0) -> str:
    """Yuan as 万元: 84_200_000 is "8,420"."""
    return _grouped(yuan, WAN, places)


def in_million(yuan: Amount | None, places: int = 1) -> str:
    """Yuan as English ¥ million: 亿 is a hundred of them."""
    return _grouped(yuan, MILLION, places)


def money_text(yuan: Amount | None, places: int = 1, *, english: bool = False) -> str:
    """An amount with its unit for running text: 52.0亿元, 8,420.0万元, 300元; in English ¥5,200.0 million."""
    if yuan is None:
        return ""
    amount = Decimal(yuan)
    if english:
        sign = "-" if amount < 0 else ""
        return f"{sign}¥{in_million(abs(amount), places)} million"
    if abs(amount) >= YI:
        return f"{in_yi(amount, places)}亿元"
    if abs(amount) >= WAN:
        return f"{in_wan(amount, places)}万元"
    return f"{_grouped(amount, 1, 0)}元"


def count_text(count: int | None) -> str:
    """A count with its thousands apart: "1,234". Unknown is empty."""
    return "" if count is None else f"{count:,}"


def days_text(days: int | None) -> str:
    """A number of days: 374天."""
    if days is None:
        return ""
    return ngettext("%(days)s天", "%(days)s天", days) % {"days": f"{days:,}"}


def date_text(day: date | None) -> str:
    """The day as ledgers write it: 2024-01-15."""
    return "" if day is None else f"{day:%Y-%m-%d}"


def long_date_text(day: date | None) -> str:
    """The day as sentences write it: 2024年1月15日."""
    if day is None:
        return ""
    return gettext("%(year)d年%(month)d月%(day)d日") % _parts(day)


def short_date_text(day: date | None) -> str:
    """A day of a year that is plain from the context: 1月15日."""
    if day is None:
        return ""
    return gettext("%(month)d月%(day)d日") % _parts(day)


def month_text(day: date | None) -> str:
    """The month of a day: 2024年1月."""
    if day is None:
        return ""
    return gettext("%(year)d年%(month)d月") % _parts(day)


def _parts(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _zeros(unit: int) -> int:
    return len(str(unit)) - 1


def _grouped(yuan: Amount | None, unit: int, places: int) -> str:
    return "" if yuan is None else f"{rounded(yuan, unit, places):,f}"
