"""What may be done to the enterprise register."""

from django.utils.translation import gettext_lazy as _


def declare() -> None:
    from wutong.base.accounts.rights import Right, declare_rights

    declare_rights(
        Right("enterprises.register", _("登记企业"), _("登记企业和联系人，清除联系人的个人信息。")),
    )
