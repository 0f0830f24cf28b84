from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "wutong.registers.projects"
    label = "projects"
    verbose_name = _("项目")

    def ready(self) -> None:
        from wutong.registers.enterprises.carriers import declare_carrier
        from wutong.registers.projects.services import follow_investor

        declare_carrier("projects.Project", "investor", follow_investor)
        declare_carrier("projects.Project", "company")
