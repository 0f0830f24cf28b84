"""Who may record a year's notice and office hours. Everybody who is signed in may read the calendar."""

from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.rights import Right, declare_rights

PUBLISH = "calendar.publish"

declare_rights(
    Right(
        PUBLISH,
        _("公布工作日历"),
        _("登记每年的放假通知和办公时间，到期日随之改算，每次都记入审计。"),
    )
)
