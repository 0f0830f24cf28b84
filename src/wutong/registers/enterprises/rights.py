"""What may be done to the enterprise register."""

from django.utils.translation import gettext_lazy as _


def declare() -> None:
    from wutong.base.accounts.rights import Right, declare_rights

    declare_rights(
        Right("enterprises.register", _("登记企业"), _("登记企业和联系人，清除联系人的个人信息。")),
        Right("enterprises.import", _("导入企业"), _("用工作簿登记企业和年度数据。")),
        Right("enterprises.merge", _("合并企业"), _("把重复登记的企业合并，或撤销合并。")),
    )
