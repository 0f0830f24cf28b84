"""Size bands by total investment: cumulative, never added up (a 12 亿 project counts in ≥1, ≥5 and ≥10)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wutong.base.money import YI

LABELS: dict[int, str | Promise] = {
    50 * YI: _("≥50亿"),
    10 * YI: _("≥10亿"),
    5 * YI: _("≥5亿"),
    1 * YI: _("≥1亿"),
    0: _("1亿以下"),
}
BANDS_YUAN = tuple(band for band in LABELS if band)


def band_of(total_investment_yuan: int) -> int:
    """The lower end, in yuan, of the largest band that the project reaches; 0 below 1 亿."""
    return next((band for band in BANDS_YUAN if total_investment_yuan >= band), 0)


def band_label(band_yuan: int) -> str | Promise:
    return LABELS[band_yuan]
