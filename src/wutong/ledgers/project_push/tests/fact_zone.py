"""A project with people for the tests of its facts. All names are invented."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from wutong.base.accounts.models import Account
from wutong.base.money import YI
from wutong.cases.models import Case
from wutong.ledgerkit.testing import Zone
from wutong.ledgers.project_push.facts.services import Act
from wutong.ledgers.project_push.models import ProjectPush
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of
from wutong.registers.organisation.models import Official

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)
SIGNED_DAYS = 100


def make_project(zone: Zone, name: str = "示例储能电池项目", **more: Any) -> ProjectPush:
    """Signed a hundred days ago, with host, leader, verifier and team."""
    told: dict[str, Any] = {
        "total_investment_yuan": 6 * YI,
        "state": "signed",
        "opened_on": zone.today - timedelta(days=SIGNED_DAYS),
        "facts": {"plan_production_on": zone.today + timedelta(days=400)},
        **more,
    }
    new = NewProject(
        name=name,
        investor_name=f"{name}投资方",
        host_unit=zone.home,
        host_person=zone.host,
        leader=zone.leader,
        verifier=zone.verifier,
        team=zone.team,
        **told,
    )
    return push_of(enter_projects([new], actor=SYSTEM, now=zone.now)[0])


def push_of(case: Case) -> ProjectPush:
    return ProjectPush.objects.select_related(
        "case", "project__investor", "project__company", "project__team"
    ).get(case=case)


def actor(person: Official | Account, on: date) -> Actor:
    account = person if isinstance(person, Account) else person.account
    assert account is not None
    return actor_of(Account.objects.select_related("official__unit").get(pk=account.pk), on)


def by_host(zone: Zone, reason: str = "", on: date | None = None) -> Act:
    return Act(actor(zone.host, zone.today), on or zone.today, zone.now, reason)


def picture(name: str = "现场.png", extra: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG + extra)


def texts(entries: Sequence[Any]) -> list[str]:
    return [str(entry.text) for entry in entries]
