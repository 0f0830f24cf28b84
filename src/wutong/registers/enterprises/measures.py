"""What a source may say about a firm and a year. Pure: knows neither the database nor a clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MISSING_MARKER = Decimal(-1)
"""Many files write -1 for "not known". It is never a number here, not even where a loss may stand."""


@dataclass(frozen=True)
class Measure:
    """`code` is stored and never renamed. `kind`: heads are counted, money is whole yuan."""

    code: str
    label: str | Promise
    kind: Literal["heads", "yuan", "pieces"]
    negative_allowed: bool = False

    @property
    def unit(self) -> str:
        return {"heads": "人", "yuan": "元", "pieces": "件"}[self.kind]


MEASURES = (
    Measure("staff", _("职工人数"), "heads"),
    Measure("rd_staff", _("研发人员"), "heads"),
    Measure("revenue_yuan", _("营业收入"), "yuan"),
    Measure("main_revenue_yuan", _("主营业务收入"), "yuan"),
    Measure("rd_yuan", _("研发费用"), "yuan"),
    Measure("profit_yuan", _("净利润"), "yuan", negative_allowed=True),
    Measure("tax_yuan", _("纳税总额"), "yuan"),
    Measure("assets_yuan", _("资产总额"), "yuan"),
    Measure("net_assets_yuan", _("净资产"), "yuan", negative_allowed=True),
    Measure("output_yuan", _("工业总产值"), "yuan"),
    Measure("export_yuan", _("出口额"), "yuan"),
    Measure("patents", _("发明专利"), "pieces"),
)
BY_CODE: Mapping[str, Measure] = {measure.code: measure for measure in MEASURES}


class NotANumber(ValueError):
    """A value that this measure cannot have; the message is the reason, in the user's words."""


def clean_value(measure: Measure, value: object) -> int | None:
    """The value as a whole number; None for a missing one (empty, or the marker -1), which is not zero.

    Fractions are rounded half up, once. Raises NotANumber for text, and below zero where that cannot be.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise NotANumber(_("“%(value)s”不是数") % {"value": str(value)[:30]}) from None
    if not number.is_finite():
        raise NotANumber(_("“%(value)s”不是数") % {"value": str(value)[:30]})
    if number == MISSING_MARKER:
        return None
    if number < 0 and not measure.negative_allowed:
        raise NotANumber(_("%(label)s不能是负数") % {"label": measure.label})
    return int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def clean_values(values: Mapping[str, object]) -> dict[str, int]:
    """Values by the code of their measure; what is missing has no key. Raises KeyError for an unknown code."""
    cleaned = {code: clean_value(BY_CODE[code], value) for code, value in values.items()}
    return {code: value for code, value in cleaned.items() if value is not None}
