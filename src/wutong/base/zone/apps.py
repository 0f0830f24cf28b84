from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ZoneConfig(AppConfig):
    name = "wutong.base.zone"
    label = "zone"
    verbose_name = _("园区设置")
