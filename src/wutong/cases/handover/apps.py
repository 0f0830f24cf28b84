from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoverConfig(AppConfig):
    name = "wutong.cases.handover"
    label = "handover"
    verbose_name = _("交接")

    def ready(self) -> None:
        from wutong.cases.handover.holdings import require_nothing_held
        from wutong.registers.organisation.services import check_before_leaving

        check_before_leaving(require_nothing_held)
