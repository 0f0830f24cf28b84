"""The battle map: what is on it, as of which day, and who sees it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.ledgerkit.testing import NOBODY, Zone, client_of, make_zone
from wutong.ledgers.project_push.battle.queries import battle_projects, positions_of
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.history.services import record
from wutong.registers.organisation.actors import SYSTEM
from wutong.registers.places.models import PlaceKind
from wutong.registers.places.services import PlaceFacts, open_place
from wutong.registers.projects.models import Project

SQUARE = {"type": "Polygon", "coordinates": [[[119, 38], [120, 38], [120, 39], [119, 39], [119, 38]]]}


pytestmark = pytest.mark.django_db


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


@pytest.fixture
def project(zone: Zone) -> Case:
    new = NewProject(
        name="示例储能项目",
        investor_name="示例投资有限公司",
        total_investment_yuan=6 * YI,
        state="signed",
        opened_on=zone.today - timedelta(days=700),
        host_unit=zone.home,
        host_person=zone.host,
        facts={"place": "智造园东区"},
    )
    return enter_projects([new], actor=SYSTEM, now=zone.now)[0]


@pytest.fixture
def park(zone: Zone) -> None:
    open_place(
        "WT-P1",
        PlaceFacts(name="智造园", kind=PlaceKind.PARK),
        actor=None,
        on=zone.today - timedelta(days=900),
        now=zone.now,
        boundary=SQUARE,
    )


def test_a_project_is_on_the_map_from_its_signing_until_it_ends(zone: Zone, project: Case) -> None:
    signed_on = project.opened_on
    assert not battle_projects(SYSTEM, signed_on - timedelta(days=1))
    assert [item.stage for item in battle_projects(SYSTEM, signed_on)] == ["signed"]
    ended_on = zone.today - timedelta(days=3)
    act(project, "terminate", actor=SYSTEM, now=zone.now, effective_on=ended_on, reason="示例")
    assert [item.lamp for item in battle_projects(SYSTEM, ended_on - timedelta(days=1))] == ["red"]
    assert not battle_projects(SYSTEM, ended_on)


@pytest.mark.usefixtures("park")
def test_a_project_lies_at_its_own_point_or_in_the_park_that_it_names(zone: Zone, project: Case) -> None:
    row = Project.objects.get(code=project.number)
    near = positions_of([row], zone.today)[row.pk]
    assert not near.is_exact
    assert 119 < near.lon < 120
    record(
        row, {"longitude": "119.25", "latitude": "38.75"}, actor=None, effective_on=zone.today, now=zone.now
    )
    row.refresh_from_db()
    own = positions_of([row], zone.today)[row.pk]
    assert (own.lon, own.lat, own.is_exact) == (119.25, 38.75, True)
    assert not positions_of([Project(pk=9, place="别处")], zone.today)


@pytest.mark.usefixtures("park", "project")
def test_the_page_the_shapes_and_the_wall_show_the_same_projects(
    zone: Zone,
) -> None:
    assert zone.host.account is not None
    client = client_of(zone.host.account)
    for query in (
        "",
        "?view=gantt",
        "?view=gantt&page=9",
        "?view=gantt&page=x",
        "?lamp=red",
        "?stage=signed",
    ):
        page = client.get(reverse("battle_map") + query)
        assert page.status_code == 200
        assert "示例储能项目" in page.content.decode(), query
    assert "示例储能项目" not in client.get(reverse("battle_map") + "?lamp=green").content.decode()
    assert "示例储能项目" in client.get(reverse("wallboard")).content.decode()
    shapes = client.get(reverse("battle_shapes")).json()
    assert [item["properties"]["name"] for item in shapes["points"]["features"]] == ["示例储能项目"]
    assert [item["properties"]["name"] for item in shapes["areas"]["features"]] == ["智造园"]


@pytest.mark.usefixtures("park", "project")
def test_somebody_of_another_unit_sees_none_of_it(zone: Zone) -> None:
    client = client_of(zone.accounts[NOBODY])
    assert "示例储能项目" not in client.get(reverse("battle_map")).content.decode()
    assert client.get(reverse("battle_shapes")).json()["points"]["features"] == []


def test_the_number_of_queries_does_not_grow(
    zone: Zone, project: Case, django_assert_max_num_queries
) -> None:
    more = [
        NewProject(
            name=f"示例{number}号项目",
            investor_name="示例投资有限公司",
            total_investment_yuan=YI,
            state="signed",
            opened_on=zone.today - timedelta(days=number),
            host_unit=zone.home,
        )
        for number in range(1, 20)
    ]
    battle_projects(SYSTEM, zone.today)  # reads the lamp rules of the day, which are kept
    enter_projects(more, actor=SYSTEM, now=zone.now)
    with django_assert_max_num_queries(5):
        assert len(battle_projects(SYSTEM, zone.today)) == 20
