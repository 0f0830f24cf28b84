"""Firms of the sample zone with their years and people, on its places and chains. All of it is invented."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from wutong.registers.chains.models import Chain
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import (
    NewEnterprise,
    NewYearReport,
    change_enterprise,
    record_year_reports,
    register_enterprises,
    tag_enterprise,
)
from wutong.registers.leads.models import LeadRole
from wutong.registers.leads.services import assign_lead
from wutong.registers.people.services import NewPerson, register_people
from wutong.sample import names
from wutong.sample.chains import build_chains, build_industries
from wutong.sample.firms import doubles, planned_firms
from wutong.sample.organisation import ZONE_OPENED, Zone
from wutong.sample.places import build_places


def build_enterprises(zone: Zone, today: date, now: datetime) -> None:
    """The firms of the zone with their codes, years and people, on their places and chains; three of them twice."""
    places = build_places(zone.units, on=ZONE_OPENED, now=now)
    build_industries(ZONE_OPENED, now)
    plans = planned_firms(today)
    told: dict[str, Any] = {"actor": None, "on": today, "now": now}
    new = [
        NewEnterprise(
            plan.name,
            plan.code,
            (plan.former_name,) if plan.former_name else (),
            {
                "registered_on": plan.founded_on,
                "address": plan.address,
                "real_address": plan.real_address,
                "place": places[f"WT-{plan.place}"],
                "industry_code": plan.industry_code,
                "business": plan.business,
                "capital_yuan": plan.capital_yuan,
                "status": plan.status,
            },
        )
        for plan in plans
    ]
    firms = register_enterprises(new, **told)
    for plan, firm in zip(plans, firms, strict=True):
        for tag in plan.tags:
            tag_enterprise(firm, tag, **told)
        if plan.parent is not None:
            change_enterprise(firm, {"parent": firms[plan.parent]}, **told)
    register_enterprises(
        [NewEnterprise(name, "", (), {"address": address}) for name, address in doubles(plans)], **told
    )
    people = [
        NewPerson(
            plan.contact, f"1390000{number:04d}", enterprise=firm, post=plan.post, is_contact=True, is_talent=number % 50 == 7,
            talent_class="D类" if number % 50 == 7 else "",
        )
        for number, (plan, firm) in enumerate(zip(plans, firms, strict=True))
    ]  # fmt: skip
    experts = [
        NewPerson(
            f"{name}教授", f"1360000{number:04d}", employer="示例大学", is_expert=True, speciality=field
        )
        for number, (name, field) in enumerate(
            (("贺", "电化学"), ("温", "临床医学"), ("季", "精密机械"), ("樊", "数据科学"))
        )
    ]
    register_people([*people, *experts], **told)
    reports = [
        NewYearReport(firm, year, "企业年报（示例）", date(year + 1, 4, 30), values)
        for plan, firm in zip(plans, firms, strict=True)
        for year, values in plan.reports.items()
    ]
    record_year_reports(reports, **told)
    chains = build_chains(firms, ZONE_OPENED, now)
    _leads(chains, firms, zone, now)


def _leads(chains: Mapping[str, Chain], firms: Sequence[Enterprise], zone: Zone, now: datetime) -> None:
    """Every chain has its leader (链长) and liaison; some firms have a leader who answers for them (挂钩)."""
    leaders = [zone.officials[name] for name, _codes in names.IN_CHARGE]
    liaisons = [zone.officials[name] for name in ("宋一鸣", "白雪", "何佳", "邵宁")]
    told: dict[str, Any] = {"actor": None, "on": ZONE_OPENED, "now": now}
    for number, chain in enumerate(chains.values()):
        assign_lead(leaders[number % 4], chain=chain, **told)
        assign_lead(liaisons[number % 4], role=LeadRole.LIAISON, chain=chain, **told)
    for number, firm in enumerate(firms[:40]):
        assign_lead(leaders[number % 4], enterprise=firm, **told)
