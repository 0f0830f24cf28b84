from django.utils.translation import gettext_lazy as _

from wutong.ledgerkit.apps import LedgerConfig


class ProjectPushConfig(LedgerConfig):
    default = True
    name = "wutong.ledgers.project_push"
    label = "project_push"
    verbose_name = _("项目推进库")
