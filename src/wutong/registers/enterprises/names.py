"""Names of firms made comparable. Pure functions; none of these forms is ever shown."""

import re
import unicodedata
from functools import cache

from pypinyin import Style, lazy_pinyin

from wutong.base.search.folding import fold

LEGAL_FORMS = re.compile(
    r"(集团)?(控股)?(股份)?(有限)?(责任)?公司$|有限合伙$|\(?(有限合伙|普通合伙|个人独资)\)?$|分公司$|合作社$|厂$|店$|中心$"
)
PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|"
    "甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
REGION = re.compile(
    rf"^(中国)?(({PROVINCES})(省|市|自治区|特别行政区)?)?([^省市区县]{{2,4}}市)?([^省市区县]{{2,4}}[区县])?"
)
BRACKETS = re.compile(r"\([^()]*\)")


def fold_name(name: str) -> str:
    """The form names are compared in: NFKC, lower case, without spaces and brackets' shapes."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def core_of(name: str) -> str:
    """The name without place, brackets and legal form: 山东省聊城市示例装备（集团）股份有限公司 → 示例装备.

    What would leave fewer than two characters is left as it is.
    """
    folded = fold(name)
    bare = fold(BRACKETS.sub("", fold_name(name)))
    bare = LEGAL_FORMS.sub("", bare)
    core = bare[region.end() :] if (region := REGION.match(bare)) else bare
    return next((form for form in (core, bare) if len(form) >= 2), folded)


@cache
def _syllables(core: str) -> str:
    return " ".join(lazy_pinyin(core, style=Style.NORMAL))


def sound_of(name: str) -> str:
    """How the core of the name is spoken: 恒储 and 衡储 are one."""
    return _syllables(core_of(name))[:200]


def fold_address(address: str) -> str:
    """An address without spaces, punctuation and the words that are written or left out at will."""
    folded = fold(fold_name(address))
    return re.sub(r"[^\w]|中国", "", folded)[:200]
