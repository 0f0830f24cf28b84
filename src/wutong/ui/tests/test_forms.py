"""Forms: what is missing stands on top with a link, and again at the field."""

import pytest
from django import forms

from wutong.base.errors import Refused
from wutong.ui.forms import FilterForm, HouseForm
from wutong.ui.tests.examples import HOSTILE, RARE
from wutong.ui.tests.well_formed import read


class VisitForm(HouseForm):
    enterprise = forms.CharField(label="企业", help_text="全称")
    visited_on = forms.DateField(label="走访日")
    way = forms.ChoiceField(
        label="方式", choices=[("door", "上门"), ("phone", "电话")], widget=forms.RadioSelect
    )
    topics = forms.MultipleChoiceField(
        label="议题",
        required=False,
        choices=[("jobs", "用工"), ("loans", "融资")],
        widget=forms.CheckboxSelectMultiple,
    )
    said = forms.CharField(label="情况", required=False, widget=forms.Textarea)
    unit = forms.ChoiceField(label="责任单位", choices=[("a", "经济发展部")])
    photo = forms.FileField(label="照片")
    urgent = forms.BooleanField(label="同时建督办", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_labels_lead_to_their_fields_and_required_ones_say_so_in_words():
    page = read(str(VisitForm()))
    label = page.one("label", **{"for": "id_enterprise"})
    assert label.all_text == "企业必填"
    assert "*" not in page.all_text
    assert "必填" not in page.one("label", **{"for": "id_said"}).all_text


def test_help_and_error_describe_the_field():
    page = read(str(VisitForm({"enterprise": ""})))
    field = page.one("input", id="id_enterprise")
    assert field.attrs["aria-describedby"] == "id_enterprise_helptext id_enterprise_error"
    assert field.attrs["aria-invalid"] == "true"
    assert page.one("div", id="id_enterprise_error").one("span", css="err").all_text == "请填写"


def test_an_empty_field_is_told_what_to_do():
    errors = VisitForm({}).errors
    assert errors["enterprise"] == ["请填写"]
    assert errors["way"] == errors["unit"] == ["请选择"]
    assert errors["photo"] == ["请上传"]


def test_a_message_of_its_own_is_kept():
    class Own(HouseForm):
        name = forms.CharField(error_messages={"required": "写明谁在哪天做什么"})

    assert Own({}).errors["name"] == ["写明谁在哪天做什么"]
    assert forms.CharField().error_messages["required"] != "请填写", "other forms are left alone"


def test_radio_buttons_are_picks_in_a_fieldset_that_the_error_describes():
    page = read(str(VisitForm({})))
    fieldset = page.one("fieldset", id="id_way")
    assert fieldset.attrs["tabindex"] == "-1", "the summary's link can put the focus here"
    assert fieldset.attrs["aria-describedby"] == "id_way_error"
    assert len(fieldset.find("div", css="pick")) == 2
    assert [radio.attrs["type"] for radio in fieldset.find("input")] == ["radio", "radio"]
    assert all("aria-invalid" not in radio.attrs for radio in fieldset.find("input"))


def test_check_boxes_have_their_words_around_them():
    page = read(str(VisitForm()))
    boxes = page.find("input", type="checkbox")
    assert [box.attrs["name"] for box in boxes] == ["topics", "topics", "urgent"]
    assert all(box.inside("label") for box in boxes)


def test_days_use_the_browsers_date_field_and_keep_their_value():
    page = read(str(VisitForm({"visited_on": "2024-01-15"})))
    day = page.one("input", id="id_visited_on")
    assert (day.attrs["type"], day.attrs["value"]) == ("date", "2024-01-15")

    class At(HouseForm):
        at = forms.DateTimeField()

    form = At({"at": "2024-01-15T10:30"})
    assert form.is_valid()
    field = read(str(form)).one("input", name="at")
    assert (field.attrs["type"], field.attrs["value"]) == ("datetime-local", "2024-01-15T10:30")


def test_every_typed_field_wears_the_class_of_the_kit():
    page = read(str(VisitForm()))
    for field in page.find("input") + page.find("textarea") + page.find("select"):
        typed = field.attrs.get("type") not in ("radio", "checkbox", "hidden")
        assert ("input" in field.css) == typed, field.attrs["name"]


def test_file_fields_stay_native_and_reachable():
    photo = read(str(VisitForm())).one("input", type="file")
    assert "hidden" not in photo.attrs and "tabindex" not in photo.attrs


def test_the_summary_names_every_error_in_the_order_of_the_form():
    form = VisitForm({"enterprise": RARE, "visited_on": "昨天", "unit": "a"})
    form.add_error(None, "这家企业本周已走访")
    lines = [(line.href, line.text) for line in form.error_lines]
    assert lines[0] == ("", "这家企业本周已走访")
    assert [href for href, _ in lines[1:]] == ["#id_visited_on", "#id_way", "#id_photo"]
    assert lines[2] == ("#id_way", "方式：请选择")
    assert form.error_title == "有4处要改，改好后再提交"


def test_a_service_says_no_at_the_field_or_above_the_form():
    form = VisitForm(
        {"enterprise": RARE, "visited_on": "2024-01-15", "way": "door", "unit": "a"}, {"photo": None}
    )
    form.is_valid()
    form.add_refusal(Refused("走访日晚于数据日", fields={"visited_on": "不能晚于2024-01-15", "unknown": "x"}))
    assert form.errors["visited_on"] == ["不能晚于2024-01-15"]
    assert not form.non_field_errors()
    form.add_refusal(Refused("这家企业已注销，请先改企业状态"))
    assert form.non_field_errors() == ["这家企业已注销，请先改企业状态"]


def test_filters_are_small_never_required_and_have_ids_of_their_own():
    class Filters(FilterForm):
        q = forms.CharField(label="名称", required=False)

    field = read(str(Filters()["q"])).one("input")
    assert field.css == ["input", "input--s"]
    assert field.attrs["id"] == "filter_q"
    assert "required" not in field.attrs


@pytest.mark.parametrize("value", [HOSTILE, '" onfocus="x', RARE])
def test_what_was_typed_comes_back_as_text(value):
    page = read(str(VisitForm({"enterprise": value, "said": value})))
    assert page.one("input", id="id_enterprise").attrs["value"] == value
    assert page.one("textarea").text.strip() == value
    assert not page.find("script")


class BlankForm(HouseForm):
    unit = forms.ChoiceField(label="责任单位", choices=[("", "---------"), ("a", "经济发展部")])
    person = forms.ChoiceField(label="责任人", required=False, choices=[("", "---------"), ("b", "郑海川")])


def test_the_blank_line_of_a_list_says_what_it_stands_for():
    page = read(str(BlankForm()))
    assert page.one("select", id="id_unit").find("option")[0].all_text == "请选择"
    assert page.one("select", id="id_person").find("option")[0].all_text == "不指定"
    assert "---" not in page.all_text


class NameFilter(FilterForm):
    q = forms.CharField(label="名称、编号", required=False)


def test_a_filter_shows_in_the_field_what_may_be_typed():
    assert read(str(NameFilter())).one("input", id="filter_q").attrs["placeholder"] == "名称、编号"
    assert "placeholder" not in read(str(VisitForm())).one("input", id="id_enterprise").attrs


class SignIn(forms.Form):
    default_renderer = HouseForm.default_renderer
    needs_all = True
    name = forms.CharField(label="登录名")


def test_a_form_whose_fields_are_all_needed_does_not_mark_each():
    assert "必填" not in read(str(SignIn())).all_text
