from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "wutong.base.jobs"
    label = "jobs"
    verbose_name = _("后台任务")

    def ready(self) -> None:
        from wutong.base.jobs import rights  # noqa: F401  declares itself

        # Every process knows every job by name, whichever package declares it.
        autodiscover_modules("tasks")
