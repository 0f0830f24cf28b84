"""Who may open, change and close the zone's places. Everybody who is signed in may read them."""

from django.utils.translation import gettext_lazy as _

MANAGE = "places.manage"


def declare() -> None:
    from wutong.base.accounts.rights import Right, declare_rights

    declare_rights(
        Right(MANAGE, _("管理地域"), _("登记、修改和撤销本区的地域单元，上传边界。")),
    )
