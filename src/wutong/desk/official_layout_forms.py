"""What is typed about a layout of official documents. The form checks the typing, the service decides."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.exchange.models import COPIES_LENGTH, LAYOUT_TEXT_LENGTH
from wutong.exchange.official.layout import FontNames, Layout
from wutong.exchange.official.typefaces import CHINESE, STAND_INS, installed_families
from wutong.exchange.official.zone_layouts import LayoutValues
from wutong.ui.forms import HouseForm

FONT_ROLES = {
    "title": gettext_lazy("标题字体"),
    "body": gettext_lazy("正文字体"),
    "heading": gettext_lazy("一级标题字体"),
    "subheading": gettext_lazy("二级标题字体"),
    "number": gettext_lazy("页码字体"),
}


class LayoutForm(HouseForm):
    """The layout of one kind. Fonts are chosen: those of the standard by name, and Chinese ones of the server."""

    mark = forms.CharField(label=gettext_lazy("发文机关标志"), max_length=LAYOUT_TEXT_LENGTH)
    number_pattern = forms.CharField(
        label=gettext_lazy("发文字号格式"),
        max_length=LAYOUT_TEXT_LENGTH,
        help_text=gettext_lazy("{year}是年份，{number}是序号，例如“示高管纪〔{year}〕{number}号”。"),
    )
    copies_to = forms.CharField(
        label=gettext_lazy("抄送机关"),
        max_length=COPIES_LENGTH,
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("不写“抄送：”和句号。"),
    )
    printed_by = forms.CharField(
        label=gettext_lazy("印发机关"), max_length=LAYOUT_TEXT_LENGTH, required=False
    )
    is_red = forms.BooleanField(
        label=gettext_lazy("版头印成红色"),
        required=False,
        help_text=gettext_lazy("用预先印好红头的纸，不要勾选。"),
    )
    is_sealed = forms.BooleanField(
        label=gettext_lazy("加盖印章"),
        required=False,
        help_text=gettext_lazy("落款的位置随是否加盖印章而不同。"),
    )
    title_font = forms.ChoiceField(label=FONT_ROLES["title"])
    body_font = forms.ChoiceField(label=FONT_ROLES["body"])
    heading_font = forms.ChoiceField(label=FONT_ROLES["heading"])
    subheading_font = forms.ChoiceField(label=FONT_ROLES["subheading"])
    number_font = forms.ChoiceField(label=FONT_ROLES["number"])
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, layout: Layout, revision: int, **kwargs: Any) -> None:
        fonts = asdict(layout.fonts)
        kwargs["initial"] = {
            "mark": layout.mark,
            "number_pattern": layout.number_pattern,
            "copies_to": layout.copies_to,
            "printed_by": layout.printed_by,
            "is_red": layout.is_red,
            "is_sealed": layout.is_sealed,
            "revision": revision,
            **{f"{role}_font": fonts[role] for role in FONT_ROLES},
        }
        super().__init__(*args, **kwargs)
        for role in FONT_ROLES:
            field = self.fields[f"{role}_font"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = _fonts(role, fonts[role])

    def values(self) -> LayoutValues:
        """Only after `is_valid`."""
        typed = self.cleaned_data
        return LayoutValues(
            typed["mark"],
            typed["number_pattern"],
            typed["copies_to"],
            typed["printed_by"],
            typed["is_red"],
            typed["is_sealed"],
            FontNames(**{role: typed[f"{role}_font"] for role in FONT_ROLES}),
        )


def _fonts(role: str, current: str) -> list[tuple[str, str]]:
    """Names to choose from; a font that the server lacks says what a PDF takes instead."""
    installed = installed_families()
    chinese_names = [name for name in STAND_INS[role] if not name.isascii()]
    names = dict.fromkeys([current, *chinese_names, *sorted(CHINESE & installed)])
    instead = next((name for name in STAND_INS[role] if name in installed), "")
    words = _("%(font)s（服务器没有，PDF用%(instead)s）")
    return [
        (name, name if name in installed or not instead else words % {"font": name, "instead": instead})
        for name in names
    ]
