"""What may be done to the organisation."""

from django.utils.translation import gettext_lazy as _

MANAGE = "organisation.manage"
HAND_OVER = "organisation.hand_over"


def declare() -> None:
    from wutong.base.accounts.rights import Right, declare_rights

    declare_rights(
        Right(MANAGE, _("管理组织机构"), _("设立、更名、调整、合并、撤销单位，任免，分管，挂钩，代理。")),
        Right(HAND_OVER, _("办理交接"), _("把离岗人员手上的事移交给接手的人。")),
    )
