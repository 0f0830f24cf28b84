"""Money is integer yuan. Units of the field: 元, 万元, 亿元."""

from decimal import ROUND_HALF_UP, Decimal

YUAN_PER_UNIT = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
YI = YUAN_PER_UNIT["亿元"]
WAN = YUAN_PER_UNIT["万元"]


def to_yuan(amount: Decimal, unit: str) -> int:
    """An amount in `unit` as integer yuan, rounded half up once."""
    return int((amount * YUAN_PER_UNIT[unit]).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def in_unit(yuan: int, unit: str, places: int) -> Decimal:
    """Integer yuan expressed in `unit`, rounded half up once to `places` decimals."""
    return (Decimal(yuan) / YUAN_PER_UNIT[unit]).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
