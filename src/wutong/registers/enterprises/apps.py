from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from wutong.registers.enterprises import rights


class EnterprisesConfig(AppConfig):
    name = "wutong.registers.enterprises"
    label = "enterprises"
    verbose_name = _("企业")

    def ready(self) -> None:
        from wutong.registers.enterprises import carriers, searching

        rights.declare()
        carriers.declare_own()
        searching.declare()
