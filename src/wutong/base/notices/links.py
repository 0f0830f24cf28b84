"""Links inside the product."""

import re

from wutong.base.notices.models import LINK_LENGTH

INSIDE = re.compile(r"/(?:[^/\\\s\x00-\x1f\x7f][^\\\s\x00-\x1f\x7f]*)?")


def is_inside(link: str) -> bool:
    """A path that begins with exactly one "/": a browser takes "//host" and "/\\host" for another site."""
    return len(link) <= LINK_LENGTH and INSIDE.fullmatch(link) is not None
