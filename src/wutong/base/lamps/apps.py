from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LampsConfig(AppConfig):
    name = "wutong.base.lamps"
    label = "lamps"
    verbose_name = _("亮灯规则")

    def ready(self) -> None:
        from wutong.base.lamps import rights  # noqa: F401  declares itself
