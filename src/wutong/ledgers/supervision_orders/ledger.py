"""The declaration of the ledger."""

from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.rights import Right
from wutong.cases.registry import CaseType
from wutong.ledgerkit.ledger import CasePages, Ledger, Listing, View
from wutong.ledgers.supervision_orders import pages
from wutong.ledgers.supervision_orders.models import SupervisionOrder
from wutong.ledgers.supervision_orders.procedures import ORDER

LEDGER = Ledger(
    code="supervision_orders",
    name=_("督办"),
    menu_group=_("工作台"),
    case_types=(CaseType(ORDER, SupervisionOrder),),
    rights=(
        Right("supervision.see_all", _("查看全部督办"), _("查看全区督办。")),
        Right("supervision.issue", _("交办督办"), _("交办督办，调整责任。")),
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
                views=(View("", _("在办")), View("overdue", _("已超时")), View("closed", _("已办结"))),
            ),
            details=pages.details,
            extras=pages.extras,
        ),
    ),
)
