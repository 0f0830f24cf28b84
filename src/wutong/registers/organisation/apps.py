from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from wutong.registers.organisation import rights


class OrganisationConfig(AppConfig):
    name = "wutong.registers.organisation"
    label = "organisation"
    verbose_name = _("组织机构")

    def ready(self) -> None:
        from wutong.registers.organisation import searching

        searching.declare()
        rights.declare()
