"""Who may change lamp rules. Everybody who is signed in may read them."""

from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.rights import Right, declare_rights

EDIT = "lamps.edit"

declare_rights(Right(EDIT, _("修改亮灯规则"), _("起草亮灯规则的新版本并发布，每次发布都记入审计。")))
