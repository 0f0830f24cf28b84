from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "wutong.registers.leads"
    label = "leads"
    verbose_name = _("挂钩")

    def ready(self) -> None:
        from wutong.registers.enterprises.carriers import declare_carrier
        from wutong.registers.leads.carrying import carry_leads
        from wutong.registers.leads.models import LeadAssignment
        from wutong.registers.leads.queries import chain_firm_rows, chain_rows, enterprise_rows
        from wutong.registers.organisation.reach import declare_reach

        declare_reach(enterprise_rows, LeadAssignment, "official")
        declare_reach(chain_rows, LeadAssignment, "official")
        declare_reach(chain_firm_rows, LeadAssignment, "official")
        declare_carrier("leads.LeadAssignment", "enterprise", carry_leads)
