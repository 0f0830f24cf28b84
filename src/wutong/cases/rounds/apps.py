from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoundsConfig(AppConfig):
    name = "wutong.cases.rounds"
    label = "rounds"
    verbose_name = _("催报")

    def ready(self) -> None:
        from wutong.cases.rounds import rights, telling  # noqa: F401  rights and kinds of notices declare themselves
