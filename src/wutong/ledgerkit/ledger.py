"""What a ledger declares. Everything else (pages, search, export, import, menu, tests) is built from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from wutong.base.accounts.rights import Right
from wutong.cases.models import Case, Change
from wutong.cases.registry import CaseType
from wutong.exchange.intake import Intake
from wutong.exchange.sheets import Sheet
from wutong.registers.organisation.actors import Actor
from wutong.ui.forms import FilterForm, HouseForm
from wutong.ui.nodes_chart import Node
from wutong.ui.pages import Action
from wutong.ui.panels import Block, Fact, PanelEnd, TimelineEntry
from wutong.ui.tables import Cell, Column, LampColour, Row, Text


@dataclass(frozen=True)
class ListQuery:
    """What a list is asked for: by whom, as of which day, which view, which filters. `memo` keeps what was found
    once for the page, its counts and its totals."""

    actor: Actor
    as_of: date
    view: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    known_at: datetime | None = None
    memo: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class View:
    """A saved view, drawn as a tab. `alarm`: whatever it shows is a red lamp."""

    key: str
    label: Text
    alarm: bool = False


@dataclass(frozen=True)
class Listing:
    """A ledger's list. `entries` gives all entries a query matches, already narrowed to what the actor may see:
    a queryset, or a list when the rows are computed. `rows` turns the entries of one page into rows with a number
    of queries that does not grow. `order` maps a column to a field name (queryset) or a key function (list).
    """

    title: Text
    intro: Callable[[ListQuery], Text]
    columns: tuple[Column, ...]
    entries: Callable[[ListQuery], Any]
    rows: Callable[[Sequence[Any], ListQuery], Sequence[Row]]
    filters: type[FilterForm]
    order: Mapping[str, Any] = field(default_factory=dict)
    views: tuple[View, ...] = ()
    counts: Callable[[ListQuery], Mapping[str, int]] | None = None
    totals: Callable[[Any, ListQuery], Mapping[str, Cell]] | None = None
    notes: Callable[[Any, ListQuery], Sequence[Text]] | None = None
    file_title: Callable[[ListQuery], Text] | None = None
    page_size: int = 50


@dataclass(frozen=True)
class Lamp:
    colour: LampColour
    text: Text
    reason: Text


@dataclass(frozen=True)
class ChildWords:
    """What a ledger says of a sub-case on its parent's page: a dim line below its title, and what is being done."""

    note: Text = ""
    doing: Text = ""


@dataclass(frozen=True)
class DetailExtras:
    """What a ledger adds to the generic detail page of one case: `panels` in the wide column (`first` above the nodes
    and sub-cases), `side` beside it.

    `nodes` take the place of the states in the drawing of planned and actual days; `timeline` are further lines of the
    timeline; `children` are words about sub-cases by their key; `late` says by assignment how much of it was late.
    """

    title: Text
    facts: Sequence[Fact]
    lamp: Lamp | None = None
    panels: Sequence[Block] = ()
    side: Sequence[Block] = ()
    planned: Mapping[str, date] = field(default_factory=dict)
    actions: Sequence[Action] = ()
    first: Sequence[Block] = ()
    nodes: Sequence[Node] = ()
    timeline: Sequence[TimelineEntry] = ()
    children: Mapping[int, ChildWords] = field(default_factory=dict)
    late: Mapping[int, Text] = field(default_factory=dict)
    facts_end: PanelEnd | None = None


@dataclass(frozen=True)
class Opening:
    """How a case is opened by hand: columns of the detail row that the form asks for, and who may be named."""

    fields: tuple[str, ...]
    holders: tuple[str, ...] = ("host",)
    label: Text = ""
    words: Text = ""


@dataclass(frozen=True)
class CasePages:
    """The pages of one case type. `slug` is its part of the address; `detail` reads rows with their relations.

    `children` are case types that may be opened below a case of this type. `extras` gets the detail row, or with
    `reads_file` the whole `CaseFile` that the page has read.
    """

    case_type: str
    slug: str
    listing: Listing
    details: Callable[[], QuerySet[Any]]
    extras: Callable[[Any, Actor, date], DetailExtras]
    opening: Opening | None = None
    children: tuple[str, ...] = ()
    in_menu: bool = True
    reads_file: bool = False


def workbook_words(file_name: str) -> str:
    return _("工作簿“%(name)s”") % {"name": file_name}


@dataclass(frozen=True)
class ImportNotes:
    """What a preview tells without refusing anything: sentences about the file, and words about rows by number."""

    file: Sequence[Text] = ()
    rows: Mapping[int, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class Importing:
    """How a workbook becomes cases or entries. `check` finds what only the database knows (doubles, unknown units):
    row, column key and cause; `notes` says what will become of the accepted rows. `write` imports them in the
    caller's transaction and returns how many it wrote; its keyword arguments are `actor`, `now`, `on` and `source`:
    what the function `source` makes of the name of the file. `notes` gets `on` and `source` too."""

    sheet: Sheet
    right: str
    check: Callable[[Intake], Sequence[tuple[int, str, str]]]
    write: Callable[..., int]
    notes: Callable[..., ImportNotes] | None = None
    source: Callable[[str], str] = workbook_words


@dataclass(frozen=True)
class Entering:
    """How a thing of the ledger's main list is entered by hand. `enter` gets the cleaned data of the form, and
    `actor`, `now` and `on`; it returns the case it opened."""

    form: type[HouseForm]
    right: str
    label: Text
    enter: Callable[..., Case]


@dataclass(frozen=True)
class OwnPage:
    """A page that a ledger draws itself, beside those that are built from its declaration. `path` lies below the root
    as in `urls.py`, `name` is what `reverse` knows it by. With a `label` it stands in the ledger's menu group, for
    everybody or for those who have one of `rights`; the view itself checks who may open it."""

    path: str
    name: str
    view: Callable[..., HttpResponse]
    label: Text = ""
    rights: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """One mechanism of the zone."""

    code: str
    name: Text
    menu_group: Text
    case_types: tuple[CaseType, ...]
    pages: tuple[CasePages, ...]
    rights: tuple[Right, ...]
    see_all: str
    see_restricted: str = ""
    importing: Importing | None = None
    entering: Entering | None = None
    own_pages: tuple[OwnPage, ...] = ()
    seed: Callable[[], None] | None = None


def changes_reaching(changes: Sequence[Change], state: str) -> Change | None:
    """The first change that entered a state; a thing counts once, for its first time."""
    return next((item for item in changes if item.state_after == state and item.state_before != state), None)


def case_of(detail: Any) -> Case:
    case: Case = detail.case
    return case
