"""What the gates of a project count: for any number of projects with the same few queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wutong.base.money import YI
from wutong.ledgerkit.testing import Zone, make_zone
from wutong.ledgers.project_push.gates.facts import FIELDS, NUMBERS, gate_counts, register_facts
from wutong.ledgers.project_push.models import Participant, ProjectNode, ProjectPush, ProjectVisit
from wutong.ledgers.project_push.services import NewProject, enter_projects
from wutong.registers.history.services import Fact, record_many
from wutong.registers.organisation.actors import SYSTEM

pytestmark = pytest.mark.django_db
QUERIES = 3


@pytest.fixture
def zone(db: None) -> Zone:
    return make_zone()


def test_nodes_that_are_reached_participants_of_today_and_visits_are_counted(zone: Zone) -> None:
    names = [f"示例{number}号项目" for number in range(20)]
    new = [NewProject(name, "示例恒储有限公司", YI, "signed", zone.today, zone.home) for name in names]
    busy, *idle = enter_projects(new, actor=SYSTEM, now=zone.now)
    project = ProjectPush.objects.get(case=busy).project
    gone = zone.today - timedelta(days=1)
    entries = [
        Fact(ProjectNode(), {"project": project, "code": "land", "actual_on": zone.today}),
        Fact(ProjectNode(), {"project": project, "code": "permit", "plan_on": zone.today}),
        Fact(Participant(), {"project": project, "role": "design", "name": "示例设计院", "from_on": gone}),
        Fact(
            Participant(),
            {"project": project, "role": "builder", "name": "示例建设", "from_on": gone, "to_on": gone},
        ),
    ]
    for entry in entries:
        record_many([entry], actor=None, effective_on=zone.today, now=zone.now, verb="register")
    for _visit in range(2):
        ProjectVisit.objects.create(
            project=project, on=zone.today, visitors="示例", said="示例", recorded_at=zone.now
        )
    with CaptureQueriesContext(connection) as captured:
        counts = gate_counts([busy, *idle])
    assert len(captured) == QUERIES
    assert counts[busy.pk] == {"nodes": 1, "node_land": 1, "participants": 1, "visits": 2}
    assert {tuple(sorted(counts[case.pk].items())) for case in idle} == {
        (("nodes", 0), ("participants", 0), ("visits", 0))
    }
    assert set(counts[busy.pk]) <= {item for item, _label in NUMBERS}
    assert set(register_facts(project)) == {item for item, _label in FIELDS}
