"""Tags and filters of the house; built in, templates need no `{% load %}`. What they do stands in `wutong/ui/`."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.template import Context, Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wutong.ui import formats
from wutong.ui.columns import ColumnChooser
from wutong.ui.frame import MenuGroup
from wutong.ui.pager import pager as pager_of
from wutong.ui.pages import ListPage
from wutong.ui.panels import Block
from wutong.ui.table_drawing import draw_table
from wutong.ui.tables import KeptRows, Table

register = Library()


@register.inclusion_tag("ui/table.html", name="table")
def table_tag(table: Table, clear_href: str = "") -> dict[str, Any]:
    """A ledger; `clear_href` offers the way out when filters leave no row."""
    return {"drawn": draw_table(table), "clear_href": clear_href}


@register.inclusion_tag("ui/pager.html", name="pager")
def pager_tag(table: Table) -> dict[str, Any]:
    return {"pager": pager_of(table)}


@register.simple_tag(name="menu_groups")
def menu_groups_tag(groups: Sequence[MenuGroup]) -> SafeString:
    """The menu tree: the same for everybody with the same rights at the same page, and therefore drawn once."""
    kept = tuple(replace(group, items=tuple(group.items)) for group in groups)
    return _menu_html(kept, get_language())


@lru_cache(1024)
def _menu_html(groups: tuple[MenuGroup, ...], _language: str) -> SafeString:
    return render_to_string("ui/menu_groups.html", {"groups": groups})


@register.simple_tag(name="column_chooser")
def column_chooser_tag(chooser: ColumnChooser) -> SafeString:
    """Twenty ticks, the same each time for one choice of columns."""
    return _chooser_html(chooser, get_language())


@lru_cache(256)
def _chooser_html(chooser: ColumnChooser, _language: str) -> SafeString:
    return render_to_string("ui/column_chooser.html", {"chooser": chooser})


@register.simple_tag(takes_context=True, name="list_content")
def list_content_tag(context: Context, page: ListPage) -> SafeString:
    """Tabs, filters, table and pager of a list; drawn once as long as its rows are kept and all the rest is the same."""
    assert context.template is not None  # always bound while a template renders
    template = context.template.engine.get_template("ui/list_content.html")
    rows = page.table.rows
    if not isinstance(rows, KeptRows):
        return template.render(context.new({"page": page}))
    key = "content", get_language(), page.shown_besides_rows
    content: SafeString | None = rows.drawn.get(key)
    if content is None:
        content = template.render(context.new({"page": page}))
        rows.keep(key, content)
    return content


@register.simple_tag(takes_context=True, name="panel")
def panel_tag(context: Context, panel: Block) -> SafeString:
    """Any block of a page, by the template it names; it sees nothing of the page's context."""
    assert context.template is not None  # always bound while a template renders
    template = context.template.engine.get_template(panel.template)
    return template.render(context.new({"panel": panel}))


@register.filter("money")
def money_filter(yuan: formats.Amount | None, places: int = 1) -> str:
    """An amount with its unit, in the reader's way of counting."""
    return formats.money_text(yuan, places, english=(get_language() or "").startswith("en"))


register.filter("yi", formats.in_yi)
register.filter("wan", formats.in_wan)
register.filter("million", formats.in_million)
register.filter("count", formats.count_text)
register.filter("days", formats.days_text)
register.filter("day", formats.date_text)
register.filter("long_day", formats.long_date_text)
register.filter("short_day", formats.short_date_text)
register.filter("month", formats.month_text)
