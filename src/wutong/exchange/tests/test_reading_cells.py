"""One cell becomes one value, or the clerk is told what to write instead."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.exchange.cells import (
    CellProblem,
    parse_boolean,
    parse_choice,
    parse_date,
    parse_decimal,
    parse_integer,
    parse_money,
    parse_text,
)
from wutong.exchange.reading.grid import CellError

YI, WAN = 100_000_000, 10_000


def problem(parse: object, *values: object, **options: object) -> str:
    with pytest.raises(CellProblem) as caught:
        parse(*values, **options)  # type: ignore[operator]
    return caught.value.message


class TestMoney:
    @pytest.mark.parametrize(
        ("cell", "unit", "yuan"),
        [
            (52.0, "亿元", 52 * YI),
            (0.1 + 0.2, "亿元", 30_000_000),
            (1.005, "元", 1),
            (0.5, "元", 1),
            (1.5, "元", 2),
            (2.5, "元", 3),
            (12345.678, "万元", 123_456_780),
            ("1.2亿元", "万元", 120_000_000),
            ("1.2亿", "元", 120_000_000),
            ("3,000 万", "亿元", 30_000_000),
            ("１２．５", "亿元", 1_250_000_000),
            ("￥300元", "亿元", 300),
            ("人民币5000万元整", "亿元", 50_000_000),
            (" 8.6 ", "亿元", 860_000_000),
            (0, "亿元", 0),
            (7, "万元", 70_000),
        ],
    )
    def test_is_whole_yuan(self, cell: object, unit: str, yuan: int) -> None:
        assert parse_money(cell, unit) == yuan

    @pytest.mark.parametrize("cell", [None, "", "  ", "—", "——", "/", "／", "-", "－", "无", "\u3000"])
    def test_is_nothing_where_people_write_a_sign_for_nothing(self, cell: str | None) -> None:
        assert parse_money(cell, "亿元") is None

    def test_a_quantity_is_not_money(self) -> None:
        message = problem(parse_money, "2000万件", "亿元")
        assert message.startswith("“2000万件”不是金额，像产能")
        assert message.endswith("请填数字，单位亿元")

    @pytest.mark.parametrize("cell", ["5000万美元", "300美元", "$300", "12万欧元", "800万港币", "USD300"])
    def test_a_foreign_currency_is_never_taken_for_yuan(self, cell: str) -> None:
        assert "外币" in problem(parse_money, cell, "万元")

    @pytest.mark.parametrize(
        "cell", ["约5亿", "近3亿元", "5亿元左右", "≥1", "不低于2亿元", "10多亿", "5亿以上"]
    )
    def test_a_rough_figure_asks_for_a_number(self, cell: str) -> None:
        assert "请填一个数" in problem(parse_money, cell, "亿元")

    def test_a_range_asks_for_one_number(self) -> None:
        assert "范围" in problem(parse_money, "1-2亿元", "亿元")

    @pytest.mark.parametrize("cell", [-1.0, "-3", "(1,000)", "（500）万"])
    def test_is_never_negative(self, cell: object) -> None:
        assert problem(parse_money, cell, "万元")

    def test_a_negative_amount_is_named_as_such(self) -> None:
        assert "负数" in problem(parse_money, "(1,000)", "万元")

    @pytest.mark.parametrize(
        "cell", ["五亿", "3,00", "1.2.3", "待定", True, date(2023, 1, 6), 1e15, "9" * 21, CellError("#REF!")]
    )
    def test_is_not_guessed(self, cell: object) -> None:
        assert problem(parse_money, cell, "亿元")

    @settings(deadline=None)
    @given(st.integers(0, 10**14))
    def test_written_in_any_unit_gives_the_same_yuan(self, yuan: int) -> None:
        for unit, size in (("元", 1), ("万元", WAN), ("亿元", YI)):
            amount = Decimal(yuan) / size
            assert parse_money(f"{amount:f}", unit) == yuan
            assert parse_money(f"{amount:,f}{unit}", "亿元") == yuan
            assert parse_money(float(amount), unit) == yuan

    @settings(deadline=None)
    @given(st.decimals(0, 10**9, places=6))
    def test_parts_of_a_yuan_are_rounded_half_up_once(self, amount: Decimal) -> None:
        expected = int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        assert parse_money(f"{amount:f}", "元") == expected

    @settings(deadline=None)
    @given(st.text(max_size=20) | st.floats(allow_nan=False, allow_infinity=False))
    def test_any_cell_ends_in_a_value_or_a_reason(self, cell: str | float) -> None:
        try:
            value = parse_money(cell, "万元")
        except CellProblem as refused:
            assert refused.message
        else:
            assert value is None or 0 <= value < 10**15


class TestDate:
    @pytest.mark.parametrize(
        "cell",
        [
            date(2023, 1, 6),
            datetime(2023, 1, 6, 13, 30),  # noqa: DTZ001
            44932,
            44932.0,
            44932.5625,
            "44932",
            20230106.0,
            "20230106",
            "2023-01-06",
            "2023.1.6",
            "2023/1/6",
            "2023年1月6日",
            "2023 年 1 月 6 日",
            "２０２３．０１．０６",
            "2023-01-06 13:30:00",
        ],
    )
    def test_is_read_however_it_is_written(self, cell: object) -> None:
        assert parse_date(cell) == date(2023, 1, 6)

    @pytest.mark.parametrize("cell", [None, "", "—", "/", "无"])
    def test_may_be_missing(self, cell: str | None) -> None:
        assert parse_date(cell) is None

    def test_a_month_is_no_day(self) -> None:
        assert "只写到月；请填到日" in problem(parse_date, "2023年11月")

    def test_a_month_is_a_day_where_the_column_says_which(self) -> None:
        assert parse_date("2023年11月", month_as="first_day") == date(2023, 11, 1)
        assert parse_date("2024.2", month_as="last_day") == date(2024, 2, 29)

    def test_a_number_with_a_point_may_be_two_months(self) -> None:
        assert "分不清是几月" in problem(parse_date, 2023.1, month_as="first_day")

    @pytest.mark.parametrize("cell", [2023, 2023.0, "2023年", "2023年度"])
    def test_a_year_is_no_day(self, cell: object) -> None:
        assert "只写到年" in problem(parse_date, cell)

    @pytest.mark.parametrize("cell", ["2023年13月", "2023-13-01", "2023年13月1日"])
    def test_there_is_no_thirteenth_month(self, cell: str) -> None:
        assert problem(parse_date, cell).startswith("没有13月")

    @pytest.mark.parametrize("cell", ["2023-02-30", "2023.2.30", "20230230", "2023年2月30日"])
    def test_there_is_no_thirtieth_of_february(self, cell: str) -> None:
        assert "没有2023-02-30这一天" in problem(parse_date, cell)

    @pytest.mark.parametrize("cell", [date(1900, 1, 1), 1, "1989-12-31", "2101-01-01", 99999])
    def test_a_year_far_away_is_a_slip(self, cell: object) -> None:
        assert problem(parse_date, cell)

    @pytest.mark.parametrize(
        "cell", ["2023年四季度", "11月上旬", "待定", True, -5.0, 1e300, CellError("#N/A")]
    )
    def test_is_not_guessed(self, cell: object) -> None:
        assert problem(parse_date, cell)

    @settings(deadline=None)
    @given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
    def test_every_way_to_write_a_day_gives_that_day(self, day: date) -> None:
        serial = (day - date(1899, 12, 30)).days
        written = [
            day,
            serial,
            float(serial),
            str(serial),
            day.isoformat(),
            f"{day.year}.{day.month}.{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
            f"{day:%Y%m%d}",
        ]
        assert {parse_date(cell) for cell in written} == {day}

    @settings(deadline=None)
    @given(st.text(max_size=20) | st.floats(allow_nan=False, allow_infinity=False) | st.datetimes())
    def test_any_cell_ends_in_a_day_or_a_reason(self, cell: str | float | datetime) -> None:
        try:
            value = parse_date(cell)
        except CellProblem as refused:
            assert refused.message
        else:
            assert value is None or 1990 <= value.year <= 2100


class TestText:
    @pytest.mark.parametrize(
        "name",
        [
            "𠮷野㐂助",
            "于集镇",
            "年产５ＧＷｈ储能项目（一期）",
            "⼭东",  # a Kangxi radical looks like 山 and is none
            "王\u3000芳",
            "辻󠄁",  # with a variation selector
        ],
    )
    def test_a_name_is_kept_as_it_is(self, name: str) -> None:
        assert parse_text(name, max_length=200) == name

    def test_only_outer_space_and_invisible_characters_go(self) -> None:
        assert parse_text("\ufeff\u3000 王芳\x07\u200b \n", max_length=20) == "王芳"
        assert parse_text("admin\u202egnp.exe", max_length=20) == "admingnp.exe"

    def test_a_line_break_inside_a_name_goes(self) -> None:
        assert parse_text("江苏恒储\n新能源", max_length=20) == "江苏恒储新能源"
        assert parse_text("Wutong\r\nEnergy", max_length=20) == "Wutong Energy"

    def test_a_line_break_stays_where_lines_are_meant(self) -> None:
        assert parse_text("一、用地；\r\n二、环评", max_length=20, multiline=True) == "一、用地；\n二、环评"

    def test_a_number_is_written_without_a_point(self) -> None:
        assert parse_text(13800138000.0, max_length=20) == "13800138000"
        assert parse_text(0.1 + 0.2, max_length=20) == "0.3"

    def test_a_number_that_excel_has_cut_is_refused(self) -> None:
        assert "15位" in problem(parse_text, 110105199001010123.0, max_length=20)

    def test_a_long_text_is_refused_and_not_cut(self) -> None:
        assert problem(parse_text, "建" * 201, max_length=200) == "有201个字，最多200个字"

    @settings(deadline=None)
    @given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x323AF, categories=["Lo"]), min_size=1))
    def test_chinese_is_never_altered(self, text: str) -> None:
        assert parse_text(text, max_length=10_000) == (None if text == "无" else text)


class TestNumbers:
    def test_an_integer_may_carry_its_unit(self) -> None:
        assert parse_integer("36个", unit="个") == 36
        assert parse_integer("１，２００") == 1200
        assert parse_integer(3.0) == 3

    @pytest.mark.parametrize("cell", [3.5, "三", "36人", True, -1.0, date(2023, 1, 6), "1" * 30])
    def test_an_integer_is_not_guessed(self, cell: object) -> None:
        assert problem(parse_integer, cell, unit="个")

    def test_a_decimal_is_exact(self) -> None:
        assert parse_decimal(163.2, unit="亩", decimal_places=2) == Decimal("163.2")
        assert parse_decimal("-3.5%", unit="%", negative_allowed=True) == Decimal("-3.5")

    def test_a_decimal_is_refused_rather_than_rounded(self) -> None:
        assert "超过2位" in problem(parse_decimal, 1.234, decimal_places=2)

    def test_another_unit_is_refused(self) -> None:
        assert "单位亩" in problem(parse_decimal, "12公顷", unit="亩")

    @settings(deadline=None)
    @given(st.integers(-(10**12), 10**12))
    def test_a_whole_number_survives_every_form(self, number: int) -> None:
        for cell in (number, float(number), f"{number:,}", str(number)):
            assert parse_integer(cell, negative_allowed=True) == number


class TestChoicesAndMarks:
    CHOICES = {"用地": "land", "环评（能评）": "review", "无": "none"}

    def test_a_label_gives_its_code(self) -> None:
        assert parse_choice(" 环评(能评) ", self.CHOICES) == "review"
        assert parse_choice(None, self.CHOICES) is None
        assert parse_choice("/", self.CHOICES) is None

    def test_a_declared_label_wins_over_the_sign_for_nothing(self) -> None:
        assert parse_choice("无", self.CHOICES) == "none"

    def test_an_unknown_label_is_told_what_there_is(self) -> None:
        assert problem(parse_choice, "资金", self.CHOICES) == "没有“资金”这一项；可填：用地、环评（能评）、无"

    @pytest.mark.parametrize(
        ("cell", "value"),
        [("是", True), ("√", True), (True, True), ("否", False), ("×", False), (1.0, True), ("", None)],
    )
    def test_a_mark_is_yes_or_no_or_empty(self, cell: object, value: bool | None) -> None:
        assert parse_boolean(cell) is value

    def test_another_mark_is_refused(self) -> None:
        assert "是或否" in problem(parse_boolean, "部分")


def test_an_excel_error_is_never_an_empty_cell() -> None:
    for parse in (parse_date, parse_boolean, parse_decimal):
        assert "#REF!" in problem(parse, CellError("#REF!"))
    assert "没有计算结果" in problem(parse_money, CellError("#FORMULA"), "亿元")


def test_a_long_cell_is_quoted_in_part() -> None:
    assert len(problem(parse_date, "很长" * 200)) < 80


def test_the_day_of_a_serial_number_is_that_of_excel() -> None:
    assert parse_date(45292) == date(2024, 1, 1) == date(1899, 12, 30) + timedelta(days=45292)
