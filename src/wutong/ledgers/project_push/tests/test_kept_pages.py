"""The pages of the stalled list that a process keeps drawn: what was changed is on the next page."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from wutong.base.money import YI
from wutong.cases.models import Case
from wutong.cases.steps import Holder
from wutong.ledgerkit.testing import Zone, client_of, make_zone
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.ledgers.project_push.stalled import listing
from wutong.ledgers.project_push.stalled.found_before import forget
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.projects.models import Project
from wutong.registers.projects.services import change_project

# Inside a transaction nothing is kept.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def zone() -> Iterator[Zone]:
    forget()
    yield make_zone()
    forget()


@pytest.fixture
def projects(zone: Zone) -> list[Case]:
    return enter_projects(
        [
            NewProject(
                name=f"示例{words}项目",
                investor_name=f"示例{words}投资有限公司",
                total_investment_yuan=3 * YI,
                state="signed",
                opened_on=zone.today - timedelta(days=days),
                host_unit=zone.home,
                host_person=zone.host,
            )
            for words, days in (("甲", 700), ("乙", 650))
        ],
        actor=SYSTEM,
        now=zone.now,
    )


def page(client: Client, query: str = "") -> str:
    return client.get(reverse("case_list", args=["projects"]) + query).content.decode()


def test_a_register_entry_a_problem_and_an_amount_show_at_once(
    zone: Zone, projects: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, told = client_of(zone.accounts["leader"]), {"now": zone.now}
    first = page(client)
    assert "示例甲项目" in first
    drawn: list[int] = []
    put_together = listing._stalled_row
    monkeypatch.setattr(listing, "_stalled_row", lambda *row: drawn.append(1) or put_together(*row))
    assert page(client).count("示例甲项目") == first.count("示例甲项目")
    assert drawn == [], "nothing has changed, nothing is put together"

    project = Project.objects.get(push__case=projects[0])
    change_project(project, {"name": "示例改名项目"}, actor=None, effective_on=zone.today, **told)
    renamed = page(client)
    assert "示例改名项目" in renamed
    assert "示例甲项目" not in renamed

    open_rectification(
        projects[1],
        problem="示例新问题",
        blocking_class="land",
        measure="示例措施",
        host=Holder("host", zone.home, zone.host),
        verifier=Holder("verifier", zone.home, zone.verifier),
        due_on=zone.today + timedelta(days=3),
        actor=SYSTEM,
        on=zone.today,
        now=zone.now,
    )
    assert "示例新问题" in page(client)


def test_each_reader_has_the_own_language_rows_and_filters(zone: Zone, projects: list[Case]) -> None:
    client = client_of(zone.accounts["leader"])
    assert "亮灯及原因" in page(client)
    account = zone.accounts["leader"]
    account.language = "en"
    account.save(update_fields=["language"])
    assert "亮灯及原因" not in page(client)
    filtered = page(client_of(zone.accounts["clerk"]), "?q=乙")
    assert "示例乙项目" in filtered
    assert "示例甲项目" not in filtered
    assert 'value="乙"' in filtered
    assert "示例甲项目" not in page(client_of(zone.accounts[""]))
