"""The pages that the browser tests go through: who opens them, at which address."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone


@dataclass(frozen=True)
class Place:
    """A page. `main` ones are looked at on a phone too; `drawer` is the link to press after the page is open.

    Names in braces in the path are rows of the running product (see `sample_rows`).
    """

    name: str
    account: str
    path: str
    main: bool = False
    drawer: str = ""
    status: int = 200


YEAR = timezone.localdate().year
EARLIER = timezone.localdate() - timedelta(days=60)
PREVIEW = "<preview>"
"""Stands for the address of the import preview, which is known only after the upload."""

PROJECT = "/projects/{project}/"
RECTIFICATION = "/rectifications/{submitted}/"
WORKING = "/rectifications/{working}/"
ORDER = "/orders/{order}/"
INSTRUCTION = "/instructions/{instruction}/"

PLACES = (
    Place("sign-in", "", "/account/sign-in/", main=True),
    Place("password", "clerk", "/account/password/"),
    Place("preferences", "clerk", "/account/preferences/", main=True),
    Place("today", "handler", "/", main=True),
    Place("today-of-a-leader", "leader", "/"),
    Place("projects", "clerk", "/projects/", main=True),
    Place("projects-red", "clerk", "/projects/?view=red"),
    Place("projects-filtered", "clerk", "/projects/?lamp=red&q=%E9%A1%B9%E7%9B%AE&sort=-total"),
    Place("projects-empty", "clerk", "/projects/?q=zzz"),
    Place("projects-of-another-day", "clerk", f"/projects/?as_of={EARLIER}"),
    Place("project", "leader", PROJECT, main=True),
    Place("project-of-another-day", "clerk", f"{PROJECT}?as_of={EARLIER}"),
    Place("note-progress", "clerk", f"{PROJECT}act/note_progress/"),
    Place("hand-in", "clerk", f"{PROJECT}act/hand_in/", main=True),
    Place("reassign", "leader", f"{PROJECT}act/reassign/"),
    Place("correct-date", "supervisor", f"{PROJECT}act/correct/"),
    Place("raise-problem", "clerk", f"{PROJECT}open/rectifications/"),
    Place("raise-problem-drawer", "clerk", PROJECT, main=True, drawer="提出问题"),
    Place("hand-in-drawer", "clerk", PROJECT, drawer="交佐证"),
    Place("reassign-drawer", "leader", PROJECT, drawer="调整责任"),
    Place("close-drawer", "supervisor", RECTIFICATION, drawer="核查销号"),
    Place("import", "clerk", "/projects/import/", main=True),
    Place("import-preview", "clerk", PREVIEW, main=True),
    Place("rectifications", "clerk", "/rectifications/", main=True),
    Place("rectification", "supervisor", RECTIFICATION, main=True),
    Place("orders", "leader", "/orders/", main=True),
    Place("order", "leader", ORDER, main=True),
    Place("battle-map", "clerk", "/projects/battle/", main=True),
    Place("battle-gantt", "leader", "/projects/battle/?view=gantt", main=True),
    Place("wall", "leader", "/projects/wall/", main=True),
    Place("three-lists", "clerk", "/projects/lists/", main=True),
    Place("three-lists-problems", "clerk", "/projects/lists/?view=problems"),
    Place("three-lists-measures", "clerk", "/projects/lists/?view=rectifications"),
    Place("node-lists", "clerk", "/projects/nodes/", main=True),
    Place("counts", "leader", "/projects/counts/", main=True),
    Place("count-rows", "leader", "/projects/counts/rows/?number=signed/all"),
    Place("count-publish", "leader", "/projects/counts/publish/"),
    Place("published-counts", "leader", "/projects/counts/published/"),
    Place("published-count", "leader", "/projects/counts/published/{count}/", main=True),
    Place("project-doubles", "clerk", "/projects/doubles/", main=True),
    Place("project-merges", "clerk", "/projects/doubles/merged/"),
    Place("project-card", "leader", f"{PROJECT}card/", main=True),
    Place("project-node", "clerk", f"{PROJECT}node/filing/"),
    Place("visit", "clerk", f"{PROJECT}visit/", main=True),
    Place("visit-drawer", "clerk", PROJECT, main=True, drawer="记走访"),
    Place("project-facts", "clerk", f"{PROJECT}facts/"),
    Place("year-plan", "clerk", f"{PROJECT}year-plan/"),
    Place("funds", "clerk", f"{PROJECT}funds/"),
    Place("participant", "clerk", f"{PROJECT}participant/"),
    Place("change-investor", "leader", f"{PROJECT}act/change_investor/"),
    Place("rounds", "clerk", "/rounds/", main=True),
    Place("round", "clerk", "/rounds/{round}/", main=True),
    Place("round-by-unit", "clerk", "/rounds/{round}/?by=unit"),
    Place("report", "clerk", "/rounds/{round}/reports/{report}/", main=True),
    Place("my-reports", "handler", "/rounds/mine/", main=True),
    Place("fill", "handler", "/rounds/{round}/fill/", main=True),
    Place("fill-by-workbook", "handler", "/rounds/{round}/upload/"),
    Place("round-open", "clerk", "/rounds/open/"),
    Place("listed-orders", "leader", "/orders/public/", main=True),
    Place("list-order", "leader", "/orders/{everyday}/act/list_order/"),
    Place("instructions", "leader", "/instructions/", main=True),
    Place("instruction", "leader", INSTRUCTION, main=True),
    Place("instruction-new", "supervisor", "/instructions/new/", main=True),
    Place("board", "leader", "/board/", main=True),
    Place("meetings", "clerk", "/meetings/", main=True),
    Place("meeting-new", "clerk", "/meetings/new/"),
    Place("meeting", "clerk", "/meetings/{planned}/", main=True),
    Place("meeting-held", "leader", "/meetings/{held}/", main=True),
    Place("agenda", "clerk", "/meetings/{planned}/agenda/", main=True),
    Place("minutes", "leader", "/meetings/{held}/minutes/", main=True),
    Place("session", "clerk", "/meetings/{going_on}/session/", main=True),
    Place("session-held", "leader", "/meetings/{held}/session/"),
    Place("decisions", "leader", "/meetings/decisions/", main=True),
    Place("gates", "leader", "/rules/gates/", main=True),
    Place("gate-new", "leader", "/rules/gates/new/project_push/"),
    Place("documents", "leader", "/rules/documents/", main=True),
    Place("search", "clerk", "/search/?q=%E5%82%A8%E8%83%BD", main=True),
    Place("search-without-result", "clerk", "/search/?q=zzz"),
    Place("enterprises", "clerk", "/enterprises/", main=True),
    Place("enterprise", "clerk", "/enterprises/1/", main=True),
    Place("new-enterprise", "clerk", "/enterprises/new/"),
    Place("enterprises-filtered", "clerk", "/enterprises/?status=operating&q=%E7%A7%91%E6%8A%80"),
    Place("enterprise-status", "clerk", "/enterprises/1/status/"),
    Place("enterprise-year", "clerk", "/enterprises/1/years/new/"),
    Place("enterprise-doubles", "clerk", "/enterprises/doubles/", main=True),
    Place("enterprise-merge", "clerk", "/enterprises/13/merge/401/"),
    Place("enterprise-import", "clerk", "/enterprises/import/"),
    Place("search-recent", "clerk", "/search/"),
    Place("people", "clerk", "/people/", main=True),
    Place("person", "clerk", "/people/8/"),
    Place("new-person", "clerk", "/people/new/"),
    Place("chains", "clerk", "/chains/", main=True),
    Place("chain", "clerk", "/chains/1/", main=True),
    Place("industries", "clerk", "/industries/?q=38"),
    Place("zone-places", "clerk", "/places/", main=True),
    Place("zone-place", "clerk", "/places/2/", main=True),
    Place("place-boundary", "clerk", "/places/2/boundary/"),
    Place("divisions", "clerk", "/divisions/?q=371523"),
    Place("new-project", "clerk", "/projects/new/"),
    Place("organisation", "clerk", "/organisation/", main=True),
    Place("unit", "organiser", "/organisation/units/2/", main=True),
    Place("official", "organiser", "/organisation/people/3/"),
    Place("stand-in", "organiser", "/organisation/people/3/stand-in/"),
    Place("handovers", "organiser", "/handovers/"),
    Place("new-handover", "organiser", "/organisation/people/2/handover/"),
    Place("roster-import", "organiser", "/roster/import/"),
    Place("audit", "auditor", "/audit/", main=True),
    Place("inbox", "handler", "/inbox/", main=True),
    Place("notice-choices", "clerk", "/notices/choices/", main=True),
    Place("overdue", "leader", "/overdue/", main=True),
    Place("overdue-by-unit", "supervisor", "/overdue/?by=unit"),
    Place("overdue-cases", "supervisor", "/overdue/cases/?kind=overdue", main=True),
    Place("due-calendar", "supervisor", "/due/?who=all", main=True),
    Place("calendar", "clerk", "/calendar/", main=True),
    Place("calendar-year", "supervisor", f"/calendar/{YEAR}/"),
    Place("calendar-record", "supervisor", f"/calendar/{YEAR + 1}/record/", main=True),
    Place("ask-help", "leader", f"{WORKING}act/ask_help/"),
    Place("lamp-rules", "clerk", "/rules/lamps/", main=True),
    Place("lamp-edition", "leader", "/rules/lamps/1/"),
    Place("lamp-replay", "leader", "/rules/lamps/1/replay/"),
    Place("jobs", "sysadmin", "/jobs/", main=True),
    Place("day", "clerk", "/day/"),
    Place("403", "clerk", "/audit/", status=403),
    Place("404", "clerk", "/projects/nothing-here/", status=404),
    Place("422", "supervisor", f"{WORKING}act/close/", main=True, status=422),
)
BY_NAME = {place.name: place for place in PLACES}
