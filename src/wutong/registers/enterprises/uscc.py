"""The unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters, the last one checks the others."""

import unicodedata

from django.utils.translation import gettext as _

from wutong.base.errors import Refused

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_character(first_seventeen: str) -> str:
    """The 18th character (GB 32100-2015, 附录): 31 minus the weighted sum modulo 31."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first_seventeen, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def clean_code(text: str) -> str:
    """The code in capitals, without spaces and full-width shapes. Raises Refused with what is wrong with it."""
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(code) != 18:
        raise Refused(
            _("统一社会信用代码应为18位，“%(code)s”有%(count)s位。") % {"code": code, "count": len(code)}
        )
    foreign = sorted(set(code) - set(ALPHABET))
    if foreign:
        raise Refused(
            _("统一社会信用代码“%(code)s”里有不允许的字符：%(chars)s。")
            % {"code": code, "chars": "、".join(foreign)}
        )
    if check_character(code[:17]) != code[17]:
        raise Refused(_("统一社会信用代码“%(code)s”的校验位不对，请与营业执照核对。") % {"code": code})
    return code
