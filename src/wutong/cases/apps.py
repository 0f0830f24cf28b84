from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "wutong.cases"
    label = "cases"
    verbose_name = _("办件")

    def ready(self) -> None:
        from wutong.cases import (
            gate_editing,  # noqa: F401  declares its right
            searching,
        )
        from wutong.cases.following import follow_enterprise
        from wutong.registers.enterprises.carriers import declare_carrier

        searching.declare()
        declare_carrier("cases.Case", "enterprise", follow_enterprise)
