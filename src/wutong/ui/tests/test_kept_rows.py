"""Rows that are kept are drawn once, and never stand beside something that has changed."""

from django.template import engines
from django.utils import translation

from wutong.ui.pages import ListPage, Tab
from wutong.ui.tables import Cell, Column, KeptRows, Row, Sort, Table

COLUMNS = (
    Column("name", "名称", "name"),
    Column("total", "总投资", "money", total=True, sortable=True, optional=True),
)


def rows(name: str = "示例项目") -> KeptRows:
    return KeptRows.of([Row("1", {"name": Cell(name), "total": Cell("2.0")})])


def page(kept: KeptRows, *, total: str = "2.0", tab: int = 1, **table: object) -> ListPage:
    told = {"row_count": 1, "totals": {"total": Cell(total)}, **table}
    return ListPage("示例", Table("示例", COLUMNS, kept, **told), tabs=[Tab("全部", tab, "/", True)])  # type: ignore[arg-type]


def content(shown: ListPage) -> str:
    return str(engines["django"].from_string("{% list_content page %}").render({"page": shown}))


def test_the_same_page_is_drawn_once() -> None:
    kept = rows()
    first = content(page(kept))
    count = len(kept.drawn)
    assert content(page(kept)) == first
    assert len(kept.drawn) == count
    assert first == content(page(rows())), "what is drawn does not depend on being kept"


def test_whatever_stands_beside_the_rows_is_drawn_anew_when_it_changes() -> None:
    kept = rows()
    first = content(page(kept))
    assert "7.5" in content(page(kept, total="7.5"))
    assert ">7<" in content(page(kept, tab=7))
    assert content(page(kept, first_number=51, page=2, page_count=2, row_count=60)) != first
    assert 'aria-sort="descending"' in content(page(kept, sort=Sort("total", descending=True)))
    with translation.override("en"):
        assert content(page(kept)) != first
    assert content(page(kept)) == first


def test_other_rows_are_other_pages() -> None:
    assert "另一个" in content(page(rows("另一个")))


def test_only_so_much_is_kept() -> None:
    kept = rows()
    for tab in range(40):
        assert f">{tab}<" in content(page(kept, tab=tab))
    assert len(kept.drawn) <= KeptRows.MOST_DRAWN
