from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarConfig(AppConfig):
    name = "wutong.base.calendar"
    label = "calendar"
    verbose_name = _("工作日历")

    def ready(self) -> None:
        from wutong.base.calendar import rights  # noqa: F401  declares itself
