"""Forms of the own account. They check what was typed; a service saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.models import Density, Language, TextSize, Theme
from wutong.base.accounts.services import fold_name

NAME_LENGTH = 60
PASSWORD_LENGTH = 128


class SignInForm(forms.Form):
    needs_all = True  # a mark at every field would say nothing

    name = forms.CharField(
        label=_("登录名"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_name(self) -> str:
        return fold_name(self.cleaned_data["name"])[:NAME_LENGTH]


class PasswordForm(forms.Form):
    needs_all = True  # a mark at every field would say nothing

    old = forms.CharField(
        label=_("原密码"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("新密码"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        help_text=_("至少10位，并含有大写字母、小写字母、数字、符号中的三种；不能与最近5次用过的密码相同。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一遍新密码"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("两次输入的新密码不一致。"))
        return data


class PreferencesForm(forms.Form):
    needs_all = True  # a mark at every field would say nothing

    language = forms.ChoiceField(label=_("语言"), choices=Language.choices)
    theme = forms.ChoiceField(label=_("配色"), choices=Theme.choices)
    text_size = forms.ChoiceField(label=_("字号"), choices=TextSize.choices)
    density = forms.ChoiceField(label=_("表格间距"), choices=Density.choices)
