"""The column chooser: fixed columns stay, optional ones come and go, everything else of the page is kept."""

import pytest
from django.template.loader import render_to_string

from wutong.ui.columns import chosen_columns, column_chooser
from wutong.ui.tables import Column
from wutong.ui.tests.examples import COLUMNS, example_table
from wutong.ui.tests.well_formed import read


@pytest.mark.parametrize(
    ("requested", "keys"),
    [
        ([], ["name", "lamp", "investor", "total", "signed", "days", "block", "note"]),
        ([""], ["name", "lamp", "total", "days", "block", "note"]),
        (["", "signed"], ["name", "lamp", "total", "signed", "days", "block", "note"]),
        (
            ["", "signed", "investor"],
            ["name", "lamp", "investor", "total", "signed", "days", "block", "note"],
        ),
        (["no_such_column"], ["name", "lamp", "total", "days", "block", "note"]),
    ],
)
def test_fixed_columns_stay_and_the_declared_order_holds(requested, keys):
    assert [column.key for column in chosen_columns(COLUMNS, requested)] == keys


def test_a_ledger_without_optional_columns_has_no_chooser():
    assert column_chooser([Column("name", "名称", "name")], example_table()) is None


def test_the_chooser_form_keeps_filters_and_order_and_starts_again_at_page_one():
    table = example_table(
        columns=chosen_columns(COLUMNS, ["", "signed"]), query="lamp=red&cols=&cols=signed&page=2"
    )
    chooser = column_chooser(COLUMNS, table)
    page = read(render_to_string("ui/column_chooser.html", {"chooser": chooser}))

    assert page.one("summary").all_text == "列 7/8"
    hidden = [(field.attrs["name"], field.attrs["value"]) for field in page.find("input", type="hidden")]
    assert hidden == [("lamp", "red"), ("sort", "-total"), ("cols", "")]
    ticks = {field.attrs["value"]: "checked" in field.attrs for field in page.find("input", type="checkbox")}
    assert ticks == {"investor": False, "signed": True}
    assert page.one("form").attrs["method"] == "get"
