from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "wutong.base.notices"
    label = "notices"
    verbose_name = _("通知")

    def ready(self) -> None:
        from wutong.base.notices import digest  # noqa: F401  declares its kind
