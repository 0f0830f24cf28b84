"""The pager says where the reader is, and every link keeps filters and order."""

import pytest
from django.template import engines

from wutong.ui.links import query_link, sort_link
from wutong.ui.pager import page_numbers, pager
from wutong.ui.tables import Column, Sort
from wutong.ui.tests.examples import example_row, example_table
from wutong.ui.tests.well_formed import read


@pytest.mark.parametrize(
    ("current", "count", "numbers"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 20, [1, 2, 0, 20]),
        (4, 20, [1, 2, 3, 4, 5, 0, 20]),
        (7, 20, [1, 0, 6, 7, 8, 0, 20]),
        (20, 20, [1, 0, 19, 20]),
    ],
)
def test_ends_and_neighbours_are_offered(current, count, numbers):
    assert page_numbers(current, count) == numbers


def test_the_pager_counts_rows_from_the_first_to_the_last_of_the_page():
    view = pager(example_table())
    assert (view.first, view.last, view.total) == (11, 12, 128)


def test_page_links_keep_filters_and_order():
    page = read(engines["django"].from_string("{% pager t %}").render({"t": example_table()}))

    assert "第11—12项，共128项" in page.all_text
    assert page.one("a", rel="prev").attrs["href"] == "?lamp=red&lamp=yellow&sort=-total&page=1"
    assert page.one("a", rel="next").attrs["href"] == "?lamp=red&lamp=yellow&sort=-total&page=3"
    assert page.one("a", aria_current="page").attrs["aria-label"] == "第2页"


def test_one_page_has_no_page_links_and_no_rows_say_so():
    one = read(
        engines["django"].from_string("{% pager t %}").render({"t": example_table(page=1, page_count=1)})
    )
    none = example_table(rows=[], row_count=0, page=1, page_count=1)

    assert not one.find("nav")
    assert "共0项" in read(engines["django"].from_string("{% pager t %}").render({"t": none})).all_text


def test_a_header_turns_the_order_round_and_figures_begin_at_the_largest():
    table = example_table(rows=[example_row()])
    total, signed = Column("total", "总投资", "money"), Column("signed", "签约时间", "date")

    assert sort_link(table, total) == "?lamp=red&lamp=yellow&sort=total"
    assert sort_link(example_table(sort=Sort("total")), total).endswith("sort=-total")
    assert sort_link(table, signed).endswith("sort=signed")
    assert sort_link(example_table(sort=Sort()), total).endswith("sort=-total")


def test_values_in_links_are_encoded():
    assert query_link("", ("q", "储能&电池")) == "?q=%E5%82%A8%E8%83%BD%26%E7%94%B5%E6%B1%A0"
