"""Looking up administrative divisions: by code, old codes too, or by name."""

from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.ledgerkit.viewer import as_of, viewer
from wutong.registers.places.models import Division
from wutong.registers.places.queries import divisions_matching, parents_of, resolve
from wutong.ui.forms import FilterForm
from wutong.ui.pages import Crumb, ListPage
from wutong.ui.tables import Cell, Column, Row, Table, place_of

PAGE_SIZE = 50
COLUMNS = (
    Column("name", gettext_lazy("区划名称"), "name", phone="show"),
    Column("code", gettext_lazy("区划代码"), phone="show"),
    Column("level", gettext_lazy("级别"), phone="show"),
    Column("parents", gettext_lazy("上级区划"), "long", phone="show"),
    Column("days", gettext_lazy("有效期"), phone="show"),
    Column("successor", gettext_lazy("后继区划"), phone="show"),
)


class SearchForm(FilterForm):
    q = forms.CharField(label=gettext_lazy("区划代码或名称"), required=False, max_length=50)


def divisions(request: HttpRequest) -> HttpResponse:
    """The division lookup. Without a word it shows the provinces."""
    viewer(request)
    day = as_of(request)
    form = SearchForm(request.GET)
    form.is_valid()
    text = form.cleaned_data.get("q", "").strip()
    means = resolve(text, day) if text else None
    found = divisions_matching(text, means) if text else divisions_matching("").filter(level="province")
    pages = Paginator(found.order_by("code"), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page", "1"))
    table = Table(
        _("行政区划"),
        COLUMNS,
        [_row(division) for division in page.object_list],
        **place_of(page),
        query=urlencode({"q": text}) if text else "",
        empty=_("没有找到。请换一个名称或代码；代码表由系统管理员装入。"),
    )
    listing = ListPage(
        title=_("行政区划"),
        intro=_means_words(text, means, day.isoformat()) if means else _("输入代码或名称；旧代码也能查到。"),
        table=table,
        crumbs=[Crumb(_("地域")), Crumb(_("行政区划"))],
        filters=form,
        clear_href=request.path if text else "",
    )
    return render(request, "ui/list.html", {"page": listing})


def _means_words(text: str, means: Division, day: str) -> str:
    return _("代码%(code)s在%(day)s指“%(name)s”（%(now)s）。") % {
        "code": text,
        "day": day,
        "name": means.name,
        "now": means.code,
    }


def _row(division: Division) -> Row:
    after = division.successor
    return Row(
        division.code,
        {
            "name": Cell(division.name),
            "code": Cell(division.code),
            "level": Cell(division.get_level_display()),
            "parents": Cell("　".join(item.name for item in parents_of(division))),
            "days": Cell(_days(division), note=division.note),
            "successor": Cell(
                f"{after.name}（{after.code}）" if after else "",
                href=f"{reverse('divisions')}?{urlencode({'q': after.code})}" if after else "",
            ),
        },
    )


def _days(division: Division) -> str:
    if division.valid_to:
        return _("到%(day)s前") % {"day": division.valid_to}
    if division.valid_from:
        return _("自%(day)s起") % {"day": division.valid_from}
    return _("现行")
