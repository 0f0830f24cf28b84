"""Size bands by total investment: cumulative, never added up (a 12 亿 project counts in ≥1, ≥5 and ≥10)."""

from wutong.base.money import YI

BANDS_YUAN = (50 * YI, 10 * YI, 5 * YI, 1 * YI)


def band_of(total_investment_yuan: int) -> int:
    """The lower end, in yuan, of the largest band that the project reaches; 0 below 1 亿."""
    return next((band for band in BANDS_YUAN if total_investment_yuan >= band), 0)


def band_label(band_yuan: int) -> str:
    return f"≥{band_yuan // YI}亿" if band_yuan else "<1亿"
