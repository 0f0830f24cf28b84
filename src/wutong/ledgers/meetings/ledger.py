"""The declaration of the ledger."""

from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.rights import Right
from wutong.cases.registry import CaseType
from wutong.ledgerkit.ledger import CasePages, Entering, Ledger, Listing, OwnPage, View
from wutong.ledgers.meetings import (
    agenda_pages,
    awake,
    decision_pages,
    forms,
    minutes_pages,
    pages,
    session_pages,
)
from wutong.ledgers.meetings.models import DispatchMeeting
from wutong.ledgers.meetings.procedure import DISPATCH_MEETING

awake.declare()

ONE = "meetings/<str:meeting>/"

LEDGER = Ledger(
    code="meetings",
    name=_("调度会"),
    menu_group=_("工作台"),
    case_types=(CaseType(DISPATCH_MEETING, DispatchMeeting),),
    rights=(
        Right(
            "meetings.see_all", _("查看全部调度会"), _("查看全区调度会；议题和决定仍按各自的查看范围显示。")
        ),
        Right("meetings.prepare", _("筹备调度会"), _("登记会议，编排议程，安排参会人。")),
        Right(
            "meetings.record",
            _("记录会议决定"),
            _("开会、散会，在会上记决定；决定按会议授权生成整改、责任和督办。"),
        ),
        Right("meetings.issue", _("签发会议纪要"), _("签发纪要；不能签发自己整理的。")),
    ),
    see_all="meetings.see_all",
    pages=(
        CasePages(
            case_type="dispatch_meeting",
            slug="meetings",
            listing=Listing(
                title=_("调度会"),
                intro=pages.intro,
                columns=pages.COLUMNS,
                entries=pages.entries,
                rows=pages.rows,
                filters=pages.MeetingFilters,
                order={"meeting_on": "meeting_on"},
                views=(View("", _("全部")), View("open", _("未办完"))),
            ),
            details=pages.details,
            extras=pages.extras,
        ),
    ),
    entering=Entering(
        form=forms.MeetingForm, right="meetings.prepare", label=_("登记调度会"), enter=forms.enter_meeting
    ),
    own_pages=(
        OwnPage("meetings/decisions/", "meeting_decisions", decision_pages.decisions, label=_("会议决定")),
        OwnPage(f"{ONE}agenda/", "meeting_agenda", agenda_pages.agenda),
        OwnPage(f"{ONE}agenda/add/", "meeting_agenda_add", agenda_pages.agenda_add),
        OwnPage(f"{ONE}agenda/<int:item>/move/", "meeting_agenda_move", agenda_pages.agenda_move),
        OwnPage(f"{ONE}agenda/<int:item>/remove/", "meeting_agenda_remove", agenda_pages.agenda_remove),
        OwnPage(f"{ONE}session/", "meeting_session", session_pages.session),
        OwnPage(f"{ONE}session/<int:item>/", "meeting_item", session_pages.session_item),
        OwnPage(f"{ONE}session/<int:item>/rows/", "meeting_item_rows", session_pages.session_rows),
        OwnPage(f"{ONE}session/<int:item>/mark/", "meeting_item_mark", agenda_pages.agenda_mark),
        OwnPage(
            f"{ONE}decisions/<int:decision>/correct/", "meeting_decision_correct", decision_pages.correct
        ),
        OwnPage(
            f"{ONE}decisions/<int:decision>/withdraw/", "meeting_decision_withdraw", decision_pages.withdraw
        ),
        OwnPage(f"{ONE}minutes/", "meeting_minutes", minutes_pages.minutes),
        OwnPage(f"{ONE}minutes/<slug:form>/", "meeting_minutes_file", minutes_pages.minutes_file),
        # These two stand before the pages that the declaration would give for the same addresses.
        OwnPage(f"{ONE}act/issue/", "meeting_issue", minutes_pages.issue),
        OwnPage(f"{ONE}file/<int:evidence_id>/", "meeting_file", minutes_pages.meeting_file),
    ),
)
