"""Who may see experts and talents, and who keeps the register of people."""

from django.utils.translation import gettext_lazy as _

SEE, MANAGE = "people.see", "people.manage"


def declare() -> None:
    from wutong.base.accounts.rights import Right, declare_rights

    declare_rights(
        Right(SEE, _("查看专家和人才"), _("查看专家和人才名单，个人信息隐去。")),
        Right(MANAGE, _("管理人员"), _("登记、修改联系人、专家和人才，清除个人信息。")),
    )
