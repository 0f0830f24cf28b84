"""A meeting on Monday with two projects that shine, one that does not, and people to decide about them. All names are
invented; the day is an ordinary Monday."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import make_account
from wutong.base.money import YI
from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.cases.steps import Holder
from wutong.ledgerkit.testing import OPENED_ON, Zone, account_with, make_zone, person
from wutong.ledgers.meetings.agenda_services import make_agenda
from wutong.ledgers.meetings.decision_services import NewDecision, record_decision
from wutong.ledgers.meetings.models import AgendaItem, Decision, DispatchMeeting
from wutong.ledgers.meetings.services import NewMeeting, plan_meeting
from wutong.ledgers.project_push.services import NewProject, enter_projects, open_rectification
from wutong.registers.organisation.actors import SYSTEM, Actor, actor_of
from wutong.registers.organisation.models import Official
from wutong.registers.organisation.services import open_unit

LAST = timedelta(days=21)
"""The meeting before was so long ago: what was due soon after it is late today, whatever holidays there were."""


@dataclass
class Hall:
    zone: Zone
    today: date
    now: datetime
    recorder: Actor
    chair: Actor
    second_leader: Official
    guest: Official
    """Takes part, and works in a unit that has nothing to do with the projects."""
    projects: list[Case]
    """A red one and a yellow one of the first leader, a red one of the second."""

    def meeting(self, on: date | None = None, *, begun: bool = True, agenda: bool = True) -> DispatchMeeting:
        """A meeting that is held on a day (today), recorded by the clerk."""
        day = on or self.today
        assert self.chair.official is not None
        assert self.recorder.official is not None
        case = plan_meeting(
            NewMeeting(
                day,
                "08:30",
                "示例会议室",
                self.chair.official,
                self.recorder.official,
                [self.zone.host, self.guest],
            ),
            actor=self.recorder,
            on=min(day, self.today),
            now=self.now,
        )
        meeting = DispatchMeeting.objects.select_related("case").get(case=case)
        if agenda:
            make_agenda(meeting, actor=self.recorder, as_of=day, now=self.now)
        if begun:
            meeting.case = act(case, "start", actor=self.recorder, now=self.now, effective_on=day).case
        return meeting

    def items(self, meeting: DispatchMeeting) -> list[AgendaItem]:
        return list(
            AgendaItem.objects.filter(meeting=meeting)
            .select_related("meeting__case", "case")
            .order_by("position")
        )

    def decide(
        self, item: AgendaItem, kinds: str = "rectify", text: str = "示例事项报省级窗口", days: int | None = 4
    ) -> Decision:
        due_on = item.meeting.meeting_on + timedelta(days=days) if days is not None else None
        new = NewDecision(text, self.zone.home, self.zone.host, due_on, kinds)
        return record_decision(item, new, actor=self.recorder, now=self.now)

    def adjourn(self, meeting: DispatchMeeting) -> DispatchMeeting:
        meeting.case = act(
            meeting.case, "adjourn", actor=self.recorder, now=self.now, effective_on=meeting.meeting_on
        ).case
        return meeting


def make_hall() -> Hall:
    zone = make_zone()
    recorder = actor_of(_account(zone.accounts["clerk"]), zone.today)
    chair_account = account_with(
        "chair", zone.root, zone.now, "meetings.see_all", "meetings.issue", "project_push.see_all"
    )
    chair = actor_of(_account(chair_account), zone.today)
    second = person("led2", "示例二领导", zone.home, None, zone.now)
    projects = enter_projects(
        [
            NewProject(
                name=f"示例{name}项目",
                investor_name=f"示例{name}投资方",
                total_investment_yuan=12 * YI,
                state="signed",
                opened_on=zone.today - timedelta(days=days),
                host_unit=zone.elsewhere,
                leader=leader,
                verifier=zone.verifier,
                facts={
                    "plan_start_on": zone.today - timedelta(days=90),
                    "plan_production_on": zone.today + timedelta(days=300),
                },
            )
            for name, days, leader in (
                ("红灯", 400, zone.leader),
                ("黄灯", 100, zone.leader),
                ("二号红灯", 500, second),
                ("正常", 20, second),
            )
        ],
        actor=SYSTEM,
        now=zone.now,
    )
    apart = open_unit(
        code="apart", name="示例旁部", kind="department", parent=zone.root, actor=None, on=OPENED_ON, now=zone.now
    )  # fmt: skip
    guest = person("guest", "示例来宾", apart, make_account("guest", display_name="示例来宾"), zone.now)
    return Hall(zone, zone.today, zone.now, recorder, chair, second, guest, projects)


def _account(account: Account) -> Account:
    return Account.objects.select_related("official__unit").get(pk=account.pk)


def late_problem(hall: Hall, project: Case, days: int = 20) -> Case:
    """A rectification of a project that is so many days past its day."""
    return open_rectification(
        project,
        problem="示例地块控规调整",
        blocking_class="land",
        measure="示例措施",
        host=Holder("host", hall.zone.home, hall.zone.host),
        due_on=hall.today - timedelta(days=days),
        actor=SYSTEM,
        on=hall.today - timedelta(days=60),
        now=hall.now,
    )


__all__ = ["LAST", "Hall", "late_problem", "make_hall"]
