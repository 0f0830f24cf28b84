"""What a page shows, declared in Python: `ui/list.html`, `ui/detail.html` and `ui/form_page.html` draw it.

A view builds one of these, hands it over as `page`, and needs no template of its own.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from wutong.ui.columns import ColumnChooser, column_chooser
from wutong.ui.forms import HouseForm
from wutong.ui.links import kept_parameters
from wutong.ui.panels import Block, StepsBar
from wutong.ui.tables import Column, LampColour, Table, Text


@dataclass(frozen=True)
class Crumb:
    """A step of the breadcrumb; the last one is the page itself and needs no `href`."""

    label: Text
    href: str = ""


@dataclass(frozen=True)
class Action:
    """A button of a page's head. A screen has one `main` action; `stop` is for acts that end something.

    `drawer` opens the page behind `href` beside the row when scripts run. `post` sends a form without fields.
    `disabled_by` is the `id` of the panel that says what is missing: the button is grey and leads there.
    """

    label: Text
    href: str
    main: bool = False
    stop: bool = False
    disabled_by: str = ""
    drawer: bool = False
    post: bool = False

    @property
    def css(self) -> str:
        return (" btn--main" if self.main else "") + (" btn--stop" if self.stop else "")


@dataclass(frozen=True)
class Tab:
    """A saved view above a ledger."""

    label: Text
    count: int | None
    href: str
    current: bool = False


@dataclass(frozen=True)
class Chip:
    """A filter that is on, with the address of the page without it."""

    label: Text
    remove_href: str


@dataclass(frozen=True)
class ListPage:
    """A ledger's page. `filters` is a `FilterForm` sent by GET; `chooser_columns` are all columns of the ledger."""

    title: Text
    table: Table
    intro: Text = ""
    crumbs: Sequence[Crumb] = ()
    actions: Sequence[Action] = ()
    tabs: Sequence[Tab] = ()
    filters: HouseForm | None = None
    filter_chips: Sequence[Chip] = ()
    clear_href: str = ""
    chooser_columns: Sequence[Column] = ()
    foot_notes: Sequence[Text] = ()

    @property
    def chooser(self) -> ColumnChooser | None:
        return column_chooser(self.chooser_columns, self.table)

    @property
    def kept_by_filters(self) -> list[tuple[str, str]]:
        """Parameters that the filter form keeps: order, columns, saved view."""
        own = {self.filters.add_prefix(name) for name in self.filters.fields} if self.filters else set()
        return kept_parameters(self.table, without=own | {"page"})

    @property
    def shown_besides_rows(self) -> Hashable:
        """Everything that the content of the page shows apart from its rows: two pages with the same rows and the same
        of this look the same."""
        table, form = self.table, self.filters
        data = form.data if form is not None else {}
        asked = data.urlencode() if isinstance(data, QueryDict) else str(sorted(data.items()))
        totals = tuple((key, str(cell.text), cell.href) for key, cell in table.totals.items())
        notes = tuple(map(str, self.foot_notes))
        return (
            (str(table.caption), tuple(table.columns), table.row_count, table.first_number, table.page),
            (table.page_count, table.sort, table.query, totals, notes),
            (type(form), asked, tuple(self.tabs), tuple(self.filter_chips), self.clear_href),
            tuple(self.chooser_columns),
        )


@dataclass(frozen=True)
class DetailPage:
    """The page of one thing. `lamp` and `lamp_text` with the reason stand below the title."""

    title: Text
    crumbs: Sequence[Crumb] = ()
    lamp: LampColour = ""
    lamp_text: Text = ""
    lamp_reason: Text = ""
    actions: Sequence[Action] = ()
    steps: StepsBar | None = None
    main: Sequence[Block] = ()
    side: Sequence[Block] = ()
    foot: Text = ""


@dataclass(frozen=True)
class FormPage:
    """A form as a page or in a drawer. `action_href` empty sends it to the page's own address.

    `draft` keeps what is typed in the browser until it is sent; switch it off for personal data. `actions` are
    buttons of the page's head (a blank form to download); a drawer leaves them out.
    """

    title: Text
    form: HouseForm
    submit_label: Text
    cancel_href: str
    intro: Text = ""
    crumbs: Sequence[Crumb] = ()
    action_href: str = ""
    stop: bool = False
    draft: bool = True
    foot: Text = ""
    actions: Sequence[Action] = ()
