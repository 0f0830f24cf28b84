from django.utils.translation import gettext_lazy as _

from wutong.ledgerkit.apps import LedgerConfig


class SupervisionOrdersConfig(LedgerConfig):
    default = True
    name = "wutong.ledgers.supervision_orders"
    label = "supervision_orders"
    verbose_name = _("督办")
