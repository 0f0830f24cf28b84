"""App of the component kit. It has templates, static files and template tags, and no models."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "wutong.ui"
    label = "ui"
    verbose_name = _("界面部件")
