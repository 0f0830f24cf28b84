"""Who may draw the industrial chains. Everybody who is signed in may read them."""

from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.rights import Right, declare_rights

MANAGE = "chains.manage"

declare_rights(
    Right(
        MANAGE, _("维护产业链"), _("建立和修改产业链和环节，登记企业加入、退出哪个环节，每次都留变更记录。")
    )
)
