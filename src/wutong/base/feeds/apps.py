from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedsConfig(AppConfig):
    name = "wutong.base.feeds"
    label = "feeds"
    verbose_name = _("日历订阅")

    def ready(self) -> None:
        from wutong.base.feeds.log_lines import hide_addresses

        hide_addresses()
