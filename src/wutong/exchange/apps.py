from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "wutong.exchange"
    label = "exchange"
    verbose_name = _("数据交换")

    def ready(self) -> None:
        from wutong.exchange.official import checks, rights  # noqa: F401  declare themselves
