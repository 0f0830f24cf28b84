"""Who may change how official documents look. Everybody who is signed in may read it."""

from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.rights import Right, declare_rights

LAYOUT = "documents.layout"

declare_rights(
    Right(LAYOUT, _("调整公文版式"), _("修改会议纪要和通知的版头、字号、版记和字体，每次修改都记入审计。"))
)
