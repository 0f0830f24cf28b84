"""Which fonts a PDF is set in: the first of each list that this machine has."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache

import typst
from django.utils.translation import gettext_lazy as _

from wutong.base.errors import Refused
from wutong.exchange.official.layout import FontNames

SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "AR PL UMing CN")
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei")

# The fonts of the standard under the names that they have on different machines, then free ones of the same kind.
STAND_INS: Mapping[str, Sequence[str]] = {
    "title": ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05", "STZhongsong", *SERIF, *SANS),
    "body": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", *SERIF, *SANS),
    "heading": ("SimHei", "黑体", "STHeiti", "Heiti SC", "Microsoft YaHei", *SANS, *SERIF),
    "subheading": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "AR PL UKai CN", *SERIF, *SANS),
    "number": ("SimSun", "宋体", "STSong", "Songti SC", *SERIF, *SANS),
}
CHINESE = frozenset(name for names in STAND_INS.values() for name in names)

NO_CHINESE_FONT = _(
    "服务器上没有中文字体，不能生成PDF。请管理员安装一种中文字体（例如 fonts-noto-cjk）后重启服务；DOCX不受影响。"
)


@cache
def installed_fonts() -> "typst.Fonts":
    """Fonts of this machine, looked for once per process (about half a second)."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)


def installed_families() -> frozenset[str]:
    return frozenset(installed_fonts().families())


def has_chinese_font() -> bool:
    return not CHINESE.isdisjoint(installed_families())


def families(names: FontNames) -> dict[str, list[str]]:
    """Per role the fonts to set in, best first: the chosen one, then those that may stand in for it.

    Raises Refused when the machine has no Chinese font at all: a page of empty boxes is no document.
    """
    if not has_chinese_font():
        raise Refused(NO_CHINESE_FONT)
    installed = installed_families()
    others = sorted(CHINESE & installed)
    return {
        role: list(dict.fromkeys(name for name in (chosen, *STAND_INS[role], *others) if name in installed))
        for role, chosen in asdict(names).items()
    }
