"""The form of division codes: digits, and how many of them say the level."""

import unicodedata

from django.utils.translation import gettext as _

from wutong.base.errors import Refused

LENGTHS = (2, 4, 6, 9, 12)
"""Province, city, district, town, village."""
LEVELS = dict(zip(LENGTHS, ("province", "city", "district", "town", "village"), strict=True))


def digits_of(text: str) -> str:
    """The digits of a code, without spaces and full-width shapes. Raises Refused with what is wrong with it."""
    code = "".join(unicodedata.normalize("NFKC", text).split())
    if not (code.isascii() and code.isdecimal()):
        raise Refused(_("区划代码“%(code)s”应全是数字。") % {"code": code[:20]})
    if len(code) not in LENGTHS:
        raise Refused(
            _("区划代码“%(code)s”应为2、4、6、9或12位，现在是%(count)s位。")
            % {"code": code[:20], "count": len(code)}
        )
    if code.startswith("00"):
        raise Refused(_("区划代码“%(code)s”不能以00开头。") % {"code": code})
    return code


def forms_of(code: str) -> list[str]:
    """The code as it stands, then without each layer of its zero padding: 370100 → 370100, 3701."""
    forms = [code]
    while (shorter := parent_code(forms[-1])) and not forms[-1][len(shorter) :].strip("0"):
        forms.append(shorter)
    return forms


def bare_code(text: str, above: str = "") -> str:
    """The code as the register keeps it: without zero padding, so that 370000, 370100 and 371503000000 are 37, 3701
    and 371503.

    Some real codes end in zeros: a city without districts has one district of its own code (441900 below 4419), a
    county without towns one town (350527000). A file says so by naming `above`, the code above the row; there the
    trimming ends. Raises Refused.
    """
    forms = forms_of(digits_of(text))
    if above in forms[1:]:
        return forms[forms.index(above) - 1]
    return forms[-1]


def parent_code(code: str) -> str:
    """The code one level up; empty for a province."""
    level = LENGTHS.index(len(code))
    return code[: LENGTHS[level - 1]] if level else ""


def level_of(code: str) -> str:
    return LEVELS[len(code)]
