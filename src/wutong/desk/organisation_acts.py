"""What is done to units and officials: open, rename, move, merge, close; appoint, transfer, leave; units in charge, leads,
stand-ins."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.accounts.models import Account
from wutong.base.errors import NotAllowed, Refused
from wutong.cases.handover.unit_ends import close_unit, merge_units
from wutong.desk.enterprises import visible_enterprises
from wutong.desk.organisation import (
    LARGEST_ID,
    find_official,
    find_unit,
    official_crumbs,
    official_href,
    unit_crumbs,
    unit_href,
)
from wutong.desk.organisation_forms import (
    DayForm,
    LeadForm,
    MergeUnitForm,
    MoveUnitForm,
    NewOfficialForm,
    NewUnitForm,
    OversightForm,
    ReasonForm,
    RenameUnitForm,
    StandInForm,
    TransferForm,
)
from wutong.ledgerkit.saving import Save, answer_form
from wutong.ledgerkit.viewer import account_of, holder_of, now_of, today_of, viewer
from wutong.registers.leads.models import LeadAssignment
from wutong.registers.leads.services import assign_lead, end_lead
from wutong.registers.organisation import services
from wutong.registers.organisation.models import HoldingKind, Official, Oversight, StandIn
from wutong.registers.organisation.post_services import (
    appoint,
    establish_post,
    transfer_official,
)
from wutong.registers.organisation.reach_services import (
    arrange_stand_in,
    end_oversight,
    end_stand_in,
    put_in_charge,
)
from wutong.registers.organisation.rights import MANAGE
from wutong.registers.organisation.unit_services import move_unit, rename_unit
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb

# ---- units -------------------------------------------------------------------------------------------------------


def new_unit(request: HttpRequest) -> HttpResponse:
    """Open a unit."""
    actor = holder_of(request, MANAGE)

    def save(typed: dict[str, Any]) -> str:
        try:
            with transaction.atomic():
                return unit_href(services.open_unit(**typed, actor=actor, now=now_of(request)))
        except IntegrityError:
            words = _("单位编码%(code)s已经用过。") % {"code": typed["code"]}
            raise Refused(words, fields={"code": words}) from None

    form = NewUnitForm(request.POST or None, today=today_of(request))
    label = _("设立单位")
    back = reverse("organisation")
    return answer_form(request, form, label, save, back, [Crumb(_("组织机构"), back), Crumb(label)])


def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name from a day on."""
    actor, found = holder_of(request, MANAGE), find_unit(pk)

    def save(typed: dict[str, Any]) -> str:
        return unit_href(rename_unit(found, **typed, actor=actor, now=now_of(request)))

    form = RenameUnitForm(request.POST or None, today=today_of(request), initial={"name": found.name})
    label = _("更名")
    return answer_form(request, form, label, save, unit_href(found), unit_crumbs(found, label))


def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another parent from a day on."""
    actor, found = holder_of(request, MANAGE), find_unit(pk)

    def save(typed: dict[str, Any]) -> str:
        return unit_href(move_unit(found, **typed, actor=actor, now=now_of(request)))

    form = MoveUnitForm(request.POST or None, today=today_of(request))
    label = _("调整隶属")
    return answer_form(request, form, label, save, unit_href(found), unit_crumbs(found, label))


def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then end a unit in favour of another one."""
    holder_of(request, MANAGE)
    found = find_unit(pk)

    def save(typed: dict[str, Any]) -> str:
        return unit_href(merge_units(found, **typed, actor=viewer(request), now=now_of(request)))

    form = MergeUnitForm(request.POST or None, today=today_of(request))
    label = _("并入其他单位")
    intro = _("人员、职位、下级单位、招商组成员、分管和在办办件都转到并入单位。名称和经过留着，但不能恢复。")
    crumbs = unit_crumbs(found, label)
    return answer_form(request, form, label, save, unit_href(found), crumbs, intro=intro, stop=True)


def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then end a unit in which nothing is left."""
    holder_of(request, MANAGE)
    found = find_unit(pk)

    def save(typed: dict[str, Any]) -> str:
        return unit_href(close_unit(found, **typed, actor=viewer(request), now=now_of(request)))

    form = ReasonForm(request.POST or None, today=today_of(request))
    label = _("撤销单位")
    return answer_form(request, form, label, save, unit_href(found), unit_crumbs(found, label), stop=True)


# ---- officials ---------------------------------------------------------------------------------------------------


def appoint_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Register somebody who begins in this unit."""
    actor, found = holder_of(request, MANAGE), find_unit(pk)

    def save(typed: dict[str, Any]) -> str:
        on, is_head, title = typed["on"], typed.pop("is_head"), typed["post"]
        more: dict[str, Any] = {"actor": actor, "now": now_of(request)}
        try:
            with transaction.atomic():
                made = services.appoint_official(**typed, unit=found, account=None, **more)
                transfer_official(made, found, title, is_head=is_head, on=on, **more)
        except IntegrityError:
            words = _("工号%(number)s已经登记。") % {"number": typed["staff_no"]}
            raise Refused(words, fields={"staff_no": words}) from None
        return official_href(made)

    form = NewOfficialForm(request.POST or None, today=today_of(request))
    label = _("登记工作人员")
    return answer_form(request, form, label, save, unit_href(found), unit_crumbs(found, label), draft=False)


def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """A post from a day on: a new main post, or another one beside it."""
    actor, found = holder_of(request, MANAGE), find_official(pk)

    def save(typed: dict[str, Any]) -> str:
        kind, unit, title = typed.pop("kind"), typed.pop("unit"), typed.pop("title")
        is_head = typed.pop("is_head")
        by: dict[str, Any] = {"actor": actor, "now": now_of(request)}
        if kind == HoldingKind.MAIN:
            transfer_official(found, unit, title, is_head=is_head, **typed, **by)
        else:
            with transaction.atomic():
                post = establish_post(unit, title, is_head=is_head, on=typed["on"], **by)
                appoint(found, post, kind=kind, **typed, **by)
        return official_href(found)

    initial = {"unit": found.unit_id, "kind": HoldingKind.MAIN}
    form = TransferForm(request.POST or None, today=today_of(request), initial=initial)
    return _answer_on(request, found, form, _("任职"), save)


def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then end somebody's time in office; refused while something is in hand."""
    actor, found = holder_of(request, MANAGE), find_official(pk)

    def save(typed: dict[str, Any]) -> str:
        services.leave_office(found, **typed, actor=actor, now=now_of(request))
        return official_href(found)

    form = DayForm(request.POST or None, today=today_of(request))
    intro = _("从这一天起不在任，职务随之终止。手上还有事的，要先办完交接。")
    return _answer_on(request, found, form, _("离任"), save, intro=intro, stop=True)


def oversight(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit comes into a leader's charge."""
    actor, found = holder_of(request, MANAGE), find_official(pk)

    def save(typed: dict[str, Any]) -> str:
        put_in_charge(found, **typed, actor=actor, now=now_of(request))
        return official_href(found)

    form = OversightForm(request.POST or None, today=today_of(request))
    intro = _("分管以后，可以查看这个单位和它下级单位的办件。")
    return _answer_on(request, found, form, _("分管"), save, intro=intro)


def oversight_end(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """A unit leaves a leader's charge."""
    actor, found = holder_of(request, MANAGE), find_official(pk)
    row = _row(Oversight, row_pk, official=found)

    def save(typed: dict[str, Any]) -> str:
        end_oversight(row, **typed, actor=actor, now=now_of(request))
        return official_href(found)

    form = DayForm(request.POST or None, today=today_of(request))
    return _answer_on(request, found, form, _("结束分管"), save, intro=row.unit.name)


def lead(request: HttpRequest, pk: int) -> HttpResponse:
    """A firm or a chain gets a leader or a liaison."""
    actor, found = holder_of(request, MANAGE), find_official(pk)

    def save(typed: dict[str, Any]) -> str:
        firm = typed.pop("firm")
        assign_lead(found, enterprise=firm, **typed, actor=actor, now=now_of(request))
        return official_href(found)

    form = LeadForm(request.POST or None, today=today_of(request), actor=viewer(request))
    intro = _("挂钩企业以后，可以查看这家企业的办件。项目的包保领导在项目里调整。")
    return _answer_on(request, found, form, _("挂钩"), save, intro=intro)


def lead_end(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """A lead ends."""
    actor, found = holder_of(request, MANAGE), find_official(pk)
    row = _row(LeadAssignment, row_pk, official=found)
    if (
        row.chain_id is None
        and not visible_enterprises(viewer(request)).filter(pk=row.enterprise_id).exists()
    ):
        raise Http404

    def save(typed: dict[str, Any]) -> str:
        end_lead(row, **typed, actor=actor, now=now_of(request))
        return official_href(found)

    form = ReasonForm(request.POST or None, today=today_of(request))
    return _answer_on(request, found, form, _("结束挂钩"), save, intro=row.target.name)


# ---- stand-ins ---------------------------------------------------------------------------------------------------


def stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Arrange who stands in: everybody for himself, the organiser for all."""
    found = find_official(pk)
    actor = _self_or_manager(request, found)

    def save(typed: dict[str, Any]) -> str:
        made = arrange_stand_in(found, **typed, actor=actor, now=now_of(request))
        messages.success(request, _("已安排由%(name)s代理。") % {"name": made.stand_in.name})
        return official_href(found)

    form = StandInForm(request.POST or None, today=today_of(request), official=found)
    intro = _("代理期间，B岗可以查看和办理A岗本人名下的事，办理记录注明代谁办理；通知也会发给B岗。")
    return _answer_on(request, found, form, _("安排代理"), save, intro=intro)


def stand_in_end(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """Back earlier."""
    found = find_official(pk)
    actor = _self_or_manager(request, found)
    row = _row(StandIn, row_pk, official=found)

    def save(typed: dict[str, Any]) -> str:
        end_stand_in(row, **typed, actor=actor, now=now_of(request))
        return official_href(found)

    form = DayForm(request.POST or None, today=today_of(request))
    return _answer_on(request, found, form, _("结束代理"), save, intro=row.stand_in.name)


# ---- what all of them share --------------------------------------------------------------------------------------


def _self_or_manager(request: HttpRequest, found: Official) -> Account:
    actor = viewer(request)
    if actor.official_id != found.pk and not actor.has(MANAGE):
        raise NotAllowed(_("只能给自己安排代理。给别人安排要有管理组织机构的权限。"))
    return account_of(request)


def _row(model: Any, pk: int, **of: Any) -> Any:
    found = model.objects.filter(pk=min(pk, LARGEST_ID), **of).first()
    if found is None:
        raise Http404
    return found


def _answer_on(
    request: HttpRequest,
    found: Official,
    form: HouseForm,
    label: str,
    save: Save,
    *,
    intro: str = "",
    stop: bool = False,
) -> HttpResponse:
    crumbs = official_crumbs(found, label)
    return answer_form(request, form, label, save, official_href(found), crumbs, intro=intro, stop=stop)
