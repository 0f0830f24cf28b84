from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from wutong.registers.people import rights


class PeopleConfig(AppConfig):
    name = "wutong.registers.people"
    label = "people"
    verbose_name = _("人员")

    def ready(self) -> None:
        from wutong.registers.enterprises.carriers import declare_carrier

        rights.declare()
        declare_carrier("people.Person", "enterprise")
