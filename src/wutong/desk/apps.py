from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "wutong.desk"
    label = "desk"
    verbose_name = _("工作台")

    def ready(self) -> None:
        from wutong.desk.register_imports import declared

        declared.declare()
