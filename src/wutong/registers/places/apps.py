from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from wutong.registers.places import rights


class PlacesConfig(AppConfig):
    name = "wutong.registers.places"
    label = "places"
    verbose_name = _("地域")

    def ready(self) -> None:
        from wutong.registers.places import searching

        searching.declare()
        rights.declare()
