"""What is done to enterprises: register, change facts and status, tags, former names, numbers of a year."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wutong.base.errors import Refused
from wutong.desk.enterprise_forms import (
    ChangeForm,
    EndForm,
    FormerNameForm,
    RegisterForm,
    StatusForm,
    TagForm,
    YearForm,
)
from wutong.desk.enterprises import REGISTER, visible_enterprises
from wutong.ledgerkit.saving import answer_form
from wutong.ledgerkit.viewer import account_of, holder_of, now_of, today_of, viewer
from wutong.registers.enterprises import services
from wutong.registers.enterprises.duplicates import doubles_of
from wutong.registers.enterprises.models import Enterprise, EnterpriseTag, FormerName
from wutong.registers.enterprises.names import fold_name
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb

Save = Callable[[], str]
"""Does the act with what was typed, and returns where the reader goes next."""


# ---- what the pages of one firm share ----------------------------------------------------------------------------


def require(request: HttpRequest, right: str) -> None:
    holder_of(request, right)


def told(request: HttpRequest, **more: Any) -> dict[str, Any]:
    """Who, on which day, at which moment: what every service is told."""
    return {"actor": account_of(request), "on": today_of(request), "now": now_of(request), **more}


def find_enterprise(request: HttpRequest, pk: int) -> Enterprise:
    """A firm that the reader may see, or 404. Raises Refused for a double that was merged away: nothing is written
    there any more."""
    firm = visible_enterprises(viewer(request)).filter(pk=pk).select_related("merged_into").first()
    if firm is None:
        raise Http404
    if firm.merged_into is not None:
        raise Refused(_("这家企业已并入“%(name)s”，请在那里修改。") % {"name": firm.merged_into})
    return firm


def href_of(firm: Enterprise) -> str:
    return reverse("enterprise", args=[firm.pk])


def crumbs_of(firm: Enterprise, label: str) -> list[Crumb]:
    return [Crumb(_("企业名录"), reverse("enterprises")), Crumb(firm.name, href_of(firm)), Crumb(label)]


def _answer_on(
    request: HttpRequest, firm: Enterprise, form: HouseForm, label: str, save: Save, *, intro: str = ""
) -> HttpResponse:
    return answer_form(
        request, form, label, lambda _typed: save(), href_of(firm), crumbs_of(firm, label), intro=intro
    )


def _found(request: HttpRequest, pk: int) -> Enterprise:
    firm = find_enterprise(request, pk)
    require(request, REGISTER)
    return firm


# ---- the acts ----------------------------------------------------------------------------------------------------


def new_enterprise(request: HttpRequest) -> HttpResponse:
    """Register a firm. Those that it may be are shown first; only a tick goes past them."""
    require(request, REGISTER)
    actor = viewer(request)
    form = RegisterForm(request.POST or None, today=today_of(request), actor=actor)

    def save() -> str:
        facts = form.facts
        if not form.is_confirmed:
            doubles = doubles_of(facts["name"], facts["address"], among=visible_enterprises(actor))
            if doubles:
                form.ask_about(doubles)
                return ""
        told_facts = {name: value for name, value in facts.items() if value not in ("", None)}
        told_facts |= {"name": facts["name"], "code": facts["code"]}
        try:
            made = services.register_enterprise(**told_facts, **told(request, on=form.cleaned_data["on"]))
        except Refused as error:
            raise Refused(error.message, fields=error.fields or {"code": error.message}) from None
        return href_of(made)

    label = _("登记企业")
    crumbs = [Crumb(_("企业")), Crumb(_("企业名录"), reverse("enterprises")), Crumb(label)]
    return answer_form(request, form, label, lambda _typed: save(), reverse("enterprises"), crumbs)


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change facts of a firm from a day on. Only what is not as it was is written."""
    firm = _found(request, pk)
    form = ChangeForm(request.POST or None, today=today_of(request), actor=viewer(request), firm=firm)

    def save() -> str:
        typed, changed = form.cleaned_data, form.changed
        if not changed:
            messages.info(request, _("没有改动。"))
            return href_of(firm)
        services.change_enterprise(
            firm,
            changed,
            reason=typed["reason"],
            expected_seq=typed["seq"],
            **told(request, on=typed["on"]),
        )
        return href_of(firm)

    return _answer_on(request, firm, form, _("修改登记"), save, intro=firm.name)


def change_status(request: HttpRequest, pk: int) -> HttpResponse:
    """What a firm does from a day on."""
    firm = _found(request, pk)
    initial = {"status": firm.status, "seq": firm.last_seq}
    form = StatusForm(request.POST or None, today=today_of(request), initial=initial)

    def save() -> str:
        typed = form.cleaned_data
        if typed["status"] == firm.status:
            raise Refused(_("经营状态没有变。"), fields={"status": _("没有变")})
        services.change_enterprise(
            firm,
            {"status": typed["status"]},
            reason=typed["reason"],
            expected_seq=typed["seq"],
            **told(request, on=typed["on"]),
        )
        return href_of(firm)

    intro = _("%(name)s，现为“%(status)s”") % {"name": firm.name, "status": firm.get_status_display()}
    return _answer_on(request, firm, form, _("变更经营状态"), save, intro=intro)


def add_tag(request: HttpRequest, pk: int) -> HttpResponse:
    firm = _found(request, pk)
    form = TagForm(request.POST or None, today=today_of(request))

    def save() -> str:
        services.tag_enterprise(firm, form.cleaned_data["word"], **told(request, on=form.cleaned_data["on"]))
        return href_of(firm)

    return _answer_on(request, firm, form, _("加标签"), save, intro=firm.name)


def end_tag(request: HttpRequest, pk: int, tag_pk: int) -> HttpResponse:
    firm = _found(request, pk)
    tag = EnterpriseTag.objects.filter(enterprise=firm, pk=tag_pk, to_on__isnull=True).first()
    if tag is None:
        raise Http404
    form = EndForm(request.POST or None, today=today_of(request))

    def save() -> str:
        on = form.cleaned_data["on"]
        if on < tag.from_on:
            words = _("不能早于标签的起始日期%(day)s。") % {"day": tag.from_on}
            raise Refused(words, fields={"on": words})
        services.untag_enterprise(tag, **told(request, on=on))
        return href_of(firm)

    return _answer_on(request, firm, form, _("去掉标签"), save, intro=tag.word)


def add_former_name(request: HttpRequest, pk: int) -> HttpResponse:
    """A name that the firm had before."""
    firm = _found(request, pk)
    form = FormerNameForm(request.POST or None)

    def save() -> str:
        name, to_on = form.cleaned_data["name"], form.cleaned_data["to_on"]
        folded = fold_name(name)
        if folded == firm.folded_name:
            raise Refused(_("这就是现在的名称。"), fields={"name": _("这就是现在的名称")})
        if FormerName.objects.filter(enterprise=firm, folded_name=folded).exists():
            raise Refused(_("这个曾用名已经登记。"), fields={"name": _("已经登记")})
        services.add_former_names([(firm, name)], to_on=to_on, **told(request))
        return href_of(firm)

    return _answer_on(request, firm, form, _("加曾用名"), save, intro=firm.name)


def add_year(request: HttpRequest, pk: int) -> HttpResponse:
    """What a source says about the firm and a year, typed by hand."""
    firm = _found(request, pk)
    form = YearForm(request.POST or None, today=today_of(request))

    def save() -> str:
        typed = form.cleaned_data
        report = services.NewYearReport(firm, typed["year"], typed["source"], typed["dated_on"], form.values)
        written = services.record_year_reports([report], **told(request))
        if not written:
            messages.info(request, _("与已登记的一样，没有改动。"))
        if form.marked:
            words = _("%(labels)s填的是-1，按“缺”处理，没有记数。") % {"labels": "、".join(form.marked)}
            messages.warning(request, words)
        return f"{href_of(firm)}#years"

    intro = _("空着的是“缺”，不是0；填-1也按“缺”处理。同一来源同一日期再报，以后报的为准。")
    return _answer_on(request, firm, form, _("登记年度数据"), save, intro=intro)
