"""A printed ratio against its parts. Pure: knows neither the database nor a sheet."""

import re
from decimal import Decimal

PRINTED = re.compile(r"(\d{1,3}(?:\.(\d{1,10}))?)([%％]?)")


def is_consistent(printed: str, part: int | None, whole: int | None) -> bool:
    """Whether a printed percentage is the ratio of its parts, rounded to the places it is printed with.

    True as well where there is nothing to compare: a part is missing, the whole is zero, the text is no number. A
    number up to 1 without a percent sign may be a share (0.2 for 20%).
    """
    match = PRINTED.fullmatch("".join(printed.split()))
    if match is None or part is None or not whole:
        return True
    number, half = Decimal(match[1]), Decimal(5).scaleb(-len(match[2] or "") - 1)
    share = Decimal(part) / Decimal(whole)
    if abs(share * 100 - number) <= half:
        return True
    return not match[3] and number <= 1 and abs(share - number) <= half
