from django.utils.translation import gettext_lazy as _

from wutong.ledgerkit.apps import LedgerConfig


class MeetingsConfig(LedgerConfig):
    default = True
    name = "wutong.ledgers.meetings"
    label = "meetings"
    verbose_name = _("调度会")
