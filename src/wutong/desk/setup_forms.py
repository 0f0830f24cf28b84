"""What the set-up of an empty zone asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wutong.ui.forms import HouseForm

OFFICERS = (
    ("system_officer", "system", _("系统管理员"), "sysadmin"),
    ("security_officer", "security", _("安全管理员"), "secadmin"),
    ("audit_officer", "audit", _("审计员"), "auditor"),
)
"""Role, prefix of the fields, label, proposed login name."""


class SetupForm(HouseForm):
    key = forms.CharField(
        label=_("设置口令"),
        max_length=60,
        help_text=_("在服务器上运行 wutong setup 得到；从链接打开的已经填好。"),
    )
    zone_name = forms.CharField(label=_("园区名称"), max_length=60, help_text=_("显示在每一页上方。"))
    root_name = forms.CharField(label=_("管委会全称"), max_length=100, help_text=_("组织机构的最上一级。"))
    founded_on = forms.DateField(label=_("园区设立日期"))
    division_code = forms.CharField(
        label=_("所在区划代码"),
        max_length=12,
        required=False,
        help_text=_("所在县区的6位代码；园区自己没有代码。"),
    )
    own_name = forms.CharField(
        label=_("您的姓名"), max_length=50, help_text=_("由您导入花名册和企业名录（组织人事员）。")
    )
    own_login = forms.CharField(label=_("您的登录名"), max_length=60)
    own_password = forms.CharField(
        label=_("您的密码"),
        max_length=128,
        widget=forms.PasswordInput,
        help_text=_("至少10位，含字母、数字、符号中的三类。"),
    )
    own_again = forms.CharField(label=_("再写一遍密码"), max_length=128, widget=forms.PasswordInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for _role, prefix, label, login in OFFICERS:
            self.fields[f"{prefix}_name"] = forms.CharField(
                label=_("%(officer)s姓名") % {"officer": label}, max_length=50
            )
            self.fields[f"{prefix}_login"] = forms.CharField(
                label=_("%(officer)s登录名") % {"officer": label}, max_length=60, initial=login
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("own_password") != cleaned.get("own_again"):
            self.add_error("own_again", _("两遍密码不一样。"))
        logins = [
            cleaned.get("own_login"),
            *(cleaned.get(f"{prefix}_login") for _r, prefix, _l, _n in OFFICERS),
        ]
        if len(set(logins)) < len(logins):
            self.add_error("own_login", _("四个登录名要各不相同：三员由不同的人担任。"))
        return cleaned
