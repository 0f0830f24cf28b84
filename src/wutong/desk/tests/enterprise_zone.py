"""For tests of the enterprise pages: invented firms, and who looks at them."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.test import Client

from wutong.ledgerkit.testing import Zone, account_with, client_of
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.enterprises.models import Enterprise
from wutong.registers.enterprises.services import register_enterprise
from wutong.registers.organisation.actors import SYSTEM

ON = date(2026, 1, 5)
CODE, OTHER_CODE = "91350100M000100Y43", "91379999MA00000016"


def make_firm(zone: Zone, name: str, code: str = "", **facts: Any) -> Enterprise:
    return register_enterprise(name=name, code=code, actor=None, on=ON, now=zone.now, **facts)


def secret_firm(zone: Zone, name: str = "示例秘密企业") -> Enterprise:
    """Known only from a project that is not signed."""
    new = NewProject(
        name=f"{name}的项目",
        investor_name=name,
        total_investment_yuan=10**8,
        state="lead",
        opened_on=ON,
        host_unit=zone.home,
        host_person=zone.host,
    )
    enter_projects([new], actor=SYSTEM, now=zone.now)
    return Enterprise.objects.get(name=name)


def clerk_of(zone: Zone, *rights: str) -> Client:
    return client_of(account_with("firm_clerk", zone.home, zone.now, *rights))


def told(answer: HttpResponse, status: int = 200) -> str:
    text = answer.content.decode()
    assert answer.status_code == status, (answer.status_code, text[:3000])
    return text


def panels(client: Client, firm: Enterprise, query: str = "") -> dict[str, Any]:
    """The panels of a firm's file by their anchor."""
    page = client.get(f"/enterprises/{firm.pk}/{query}").context["page"]
    return {getattr(block, "id", "") or type(block).__name__: block for block in (*page.main, *page.side)}


def texts(table: Any) -> list[dict[str, str]]:
    return [{key: str(cell.text) for key, cell in row.cells.items()} for row in table.rows]
