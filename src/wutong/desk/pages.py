"""Pages that cross ledgers: the day shown, search, audit."""

from datetime import date

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.base.audit.queries import events
from wutong.base.errors import NotAllowed
from wutong.ledgerkit.viewer import today_of, viewer
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb, FormPage, ListPage
from wutong.ui.responses import form_response
from wutong.ui.tables import Cell, Column, Row, Table, place_of

SEARCH_LIMIT = 20
PAGE_SIZE = 50


class DayForm(HouseForm):
    day = forms.DateField(label=gettext_lazy("数据日"), help_text=gettext_lazy("页面按这一天的情况重算。"))
    next = forms.CharField(widget=forms.HiddenInput, required=False)


def choose_day(request: HttpRequest) -> HttpResponse:
    """Choose the day that the pages show; it stands in the address of the page one comes back to."""
    given = request.GET.get("next", "/")
    form = DayForm(request.POST or None, initial={"day": today_of(request), "next": given})
    if request.method == "POST" and form.is_valid():
        return HttpResponseRedirect(with_day(request, form.cleaned_data["next"], form.cleaned_data["day"]))
    back = given if _is_own(request, given) else "/"
    return form_response(
        request,
        FormPage(_("数据日"), form, _("按这一天看"), back, crumbs=[Crumb(_("数据日"))], draft=False),
    )


def _is_own(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}) and url.startswith("/")


def with_day(request: HttpRequest, url: str, day: date) -> str:
    if not _is_own(request, url):
        url = "/"
    path, _mark, query = url.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("as_of=")]
    if day != today_of(request):
        kept.append(f"as_of={day.isoformat()}")
    return f"{path}?{'&'.join(kept)}" if kept else path


AUDIT_COLUMNS = (
    Column("at", gettext_lazy("时间"), "name", phone="show"),
    Column("actor", gettext_lazy("人员"), phone="show"),
    Column("words", gettext_lazy("事项"), "long", phone="show"),
    Column("outcome", gettext_lazy("结果"), phone="show"),
    Column("target", gettext_lazy("对象"), "long"),
    Column("address", gettext_lazy("网络地址")),
)


def audit(request: HttpRequest) -> HttpResponse:
    """The audit for the audit officer, newest first."""
    if not viewer(request).has("audit.read"):
        raise NotAllowed(_("只有审计员可以查阅审计记录。"))
    outcomes = {"ok": _("成功"), "refused": _("拒绝"), "failed": _("失败")}
    pages = Paginator(events().select_related("actor").order_by("-pk"), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    rows = [
        Row(
            str(event.pk),
            {
                "at": Cell(timezone.localtime(event.recorded_at).strftime("%Y-%m-%d %H:%M:%S")),
                "actor": Cell(event.actor.display_name if event.actor else _("系统")),
                "words": Cell(event.words or event.action, note=event.action),
                "outcome": Cell(outcomes[event.outcome]),
                "target": Cell(f"{event.target_kind} {event.target_id}"),
                "address": Cell(event.address),
            },
        )
        for event in page.object_list
    ]
    table = Table(
        _("审计记录"),
        AUDIT_COLUMNS,
        rows,
        **place_of(page),
    )
    crumbs = [Crumb(_("审计")), Crumb(_("审计记录"))]
    page_data = ListPage(title=_("审计记录"), table=table, intro=_("只增不改，按账号成链。"), crumbs=crumbs)
    return render(request, "ui/list.html", {"page": page_data})
