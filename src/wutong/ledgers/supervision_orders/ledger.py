"""The declaration of the ledger."""

from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.rights import Right
from wutong.cases.registry import CaseType
from wutong.ledgerkit.ledger import CasePages, Ledger, Listing, OwnPage, View
from wutong.ledgers.supervision_orders import (
    instruction_acts,
    instruction_pages,
    level_pages,
    pages,
    public_list,
)
from wutong.ledgers.supervision_orders.models import Instruction, SupervisionOrder
from wutong.ledgers.supervision_orders.procedures import INSTRUCTION, ORDER

LEDGER = Ledger(
    code="supervision_orders",
    name=_("督办"),
    menu_group=_("工作台"),
    case_types=(CaseType(ORDER, SupervisionOrder), CaseType(INSTRUCTION, Instruction)),
    rights=(
        Right("supervision.see_all", _("查看全部督办"), _("查看全区督办。")),
        Right("supervision.issue", _("交办督办"), _("交办督办，挂牌、约谈，限定时限，调整责任。")),
        Right("supervision.instruct", _("登记批示"), _("登记领导批示，随批示交办督办。")),
        Right("supervision.close", _("办结督办"), _("核查反馈，办结或退回；不能核自己办的。")),
    ),
    see_all="supervision.see_all",
    pages=(
        CasePages(
            case_type="supervision_order",
            slug="orders",
            listing=Listing(
                title=_("督办"),
                intro=pages.intro,
                columns=pages.COLUMNS,
                entries=pages.entries,
                rows=pages.rows,
                filters=pages.OrderFilters,
                order={"due_on": "case__due_on", "opened_on": "case__opened_on"},
                views=(
                    View("", _("在办")),
                    View("overdue", _("已超时")),
                    View("proposed", _("建议升级")),
                    View("done", _("本年办结")),
                    View("late", _("本年超时办结")),
                    View("closed", _("已办结")),
                ),
            ),
            details=pages.details,
            extras=pages.extras,
        ),
        CasePages(
            case_type="instruction",
            slug=instruction_pages.SLUG,
            listing=Listing(
                title=_("领导批示"),
                intro=instruction_pages.intro,
                columns=instruction_pages.COLUMNS,
                entries=instruction_pages.entries,
                rows=instruction_pages.rows,
                filters=instruction_pages.InstructionFilters,
                order={"given_on": "given_on"},
                totals=instruction_pages.totals,
                views=(View("", _("在办")), View("overdue", _("有督办超时")), View("closed", _("已办结"))),
            ),
            details=instruction_pages.details,
            extras=instruction_pages.extras,
        ),
    ),
    own_pages=(
        OwnPage("orders/<str:order>/act/list_order/", "order_list", level_pages.list_order),
        OwnPage("orders/<str:order>/act/call_in/", "order_call_in", level_pages.call_in),
        OwnPage("orders/public/", "listed_orders", public_list.listed_orders, _("挂牌督办公示")),
        OwnPage(
            "instructions/new/",
            "instruction_new",
            instruction_acts.instruction_new,
            _("登记批示"),
            ("supervision.instruct",),
        ),
        OwnPage(
            "instructions/<str:instruction>/report/",
            "instruction_report",
            instruction_pages.instruction_report,
        ),
        OwnPage(
            "instructions/<str:instruction>/orders/",
            "instruction_orders",
            instruction_acts.instruction_orders,
        ),
    ),
)
