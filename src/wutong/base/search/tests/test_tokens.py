"""What the comparison accepts, the tokens let through: nothing is lost by narrowing down."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.base.search.folding import fold
from wutong.base.search.matching import BEGINS, NO, WHOLE, WITHIN, code_rank, name_rank, rank_of
from wutong.base.search.readings import initials, readings
from wutong.base.search.tokens import Expression, cut_syllables, document_tokens, looked_for

CHARACTERS = "示例恒储新能源科技有限公司重庆长行山东聊城绿女单乐查解𠮷臺灣abcXYZ019ＡＢ（）·-"
NAMES = st.text(alphabet=CHARACTERS, min_size=2, max_size=14).filter(lambda name: len(fold(name)) >= 2)


def holds(expression: Expression, tokens: set[str]) -> bool:
    """What a full-text index does with an expression."""
    if isinstance(expression, str):
        return expression in tokens
    operator, parts = expression
    return (all if operator == "and" else any)(holds(part, tokens) for part in parts)


def is_let_through(text: str, name: str, code: str = "") -> bool:
    tokens = set(document_tokens([name], [code] if code else [], []).split())
    return any(holds(expression, tokens) for expression in looked_for(text))


@given(NAMES, st.data())
@settings(max_examples=400)
def test_a_name_is_found_by_every_part_of_it(name: str, data: st.DataObject) -> None:
    folded = fold(name)
    start = data.draw(st.integers(0, len(folded) - 1))
    part = folded[start : data.draw(st.integers(start + 1, len(folded)))]
    assert name_rank(part, folded) < NO
    assert is_let_through(part, name)


@given(NAMES, st.data())
@settings(max_examples=400)
def test_a_name_is_found_by_the_first_letters_of_characters_in_a_row(name: str, data: st.DataObject) -> None:
    folded = fold(name)
    start = data.draw(st.integers(0, len(folded) - 2))
    run = folded[start : data.draw(st.integers(start + 2, len(folded)))]
    if not all(initials(character) for character in run):
        return  # a character without a known reading is found by itself only
    letters = "".join(data.draw(st.sampled_from(initials(character))) for character in run)
    assert name_rank(letters, folded) < NO
    assert is_let_through(letters, name)


@given(NAMES, st.data())
@settings(max_examples=400)
def test_a_name_is_found_by_its_syllables_with_the_last_one_begun(name: str, data: st.DataObject) -> None:
    folded = fold(name)
    spoken = [readings(character) if not character.isascii() else () for character in folded]
    runs = [
        (start, end)
        for start in range(len(spoken))
        for end in range(start + 2, min(start + 5, len(spoken)) + 1)
        if all(spoken[start:end])
    ]
    if not runs:
        return
    start, end = data.draw(st.sampled_from(runs))
    syllables = [data.draw(st.sampled_from(options)) for options in spoken[start:end]]
    typed = "".join(syllables)
    typed = typed[: len(typed) - data.draw(st.integers(0, len(syllables[-1]) - 1))]
    assert name_rank(typed, folded) < NO
    if len(syllables) <= 3:
        assert is_let_through(typed, name)


@given(NAMES, st.text(alphabet=CHARACTERS + "魑魅xq", min_size=1, max_size=8))
@settings(max_examples=400)
def test_what_the_comparison_accepts_the_index_lets_through(name: str, typed: str) -> None:
    query = fold(typed)
    if query and len(query) <= 4 and name_rank(query, fold(name)) < NO:
        assert is_let_through(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("恆儲", "山东恒储科技有限公司"),
        ("臺灣示例", "台湾示例电子"),
        ("ＡＢＣ", "示例abc软件"),
        ("示例 （聊城）", "示例(聊城)电池公司"),
        ("cqsl", "重庆示例公司"),
        ("zqsl", "重庆示例公司"),
        ("chongqing", "重庆示例公司"),
        ("lvse", "绿色示例公司"),
        ("qiankun", "乾坤示例公司"),
        ("hengch", "恒储科技"),
        ("sldcyxgs", "示例电池有限公司"),
    ],
)
def test_all_spellings_of_a_name_find_it(typed: str, name: str) -> None:
    assert name_rank(fold(typed), fold(name)) < NO
    assert is_let_through(typed, name)


@pytest.mark.parametrize("typed", ["恒储电", "hcx", "hengzhu", "99999", "储恒", "ζ", "kjyx gsx"])
def test_what_is_no_part_of_a_name_does_not_find_it(typed: str) -> None:
    assert rank_of(fold(typed), ("恒储科技有限公司",), ("91379999MA0000001X",))[0] == NO


def test_all_of_a_name_comes_before_its_beginning_and_that_before_its_middle() -> None:
    assert [name_rank("恒储", fold(name)) for name in ("恒储", "恒储科技", "山东恒储", "科技")] == [
        WHOLE,
        BEGINS,
        WITHIN,
        NO,
    ]
    assert rank_of("恒储", ("甲公司", "恒储"), ()) > rank_of("恒储", ("恒储", "甲公司"), ())


@pytest.mark.parametrize(
    ("typed", "rank"),
    [
        ("FW2026-0012", WHOLE),
        ("fw20260012", WHOLE),
        ("12", WHOLE),
        ("0012", WHOLE),
        ("fw2026", BEGINS),
        ("2600", WITHIN),
        ("13", NO),
        ("fw2", NO),
    ],
)
def test_a_number_is_found_whole_in_parts_of_four_and_by_the_count_at_its_end(typed: str, rank: int) -> None:
    assert code_rank(fold(typed), "FW2026-0012") == rank
    if rank < NO:
        assert is_let_through(typed, "别的", "FW2026-0012")


def test_letters_are_cut_into_syllables_the_fewest_first() -> None:
    assert cut_syllables("xian")[0] == ((), "xian")
    assert (("xi",), "an") in cut_syllables("xian")
    assert cut_syllables("hengch")[0] == (("heng",), "ch")
    assert cut_syllables("vvv") == ()
    assert cut_syllables("a1") == ()
    assert len(cut_syllables("a" * 60)) <= 6


@given(NAMES, st.text(alphabet=CHARACTERS + "hcxbj7", min_size=1, max_size=6))
@settings(max_examples=400)
def test_what_begins_so_is_also_within(name: str, typed: str) -> None:
    """So the middle expression need not be asked while the last one gives all that it has."""
    expressions = looked_for(typed)
    tokens = set(document_tokens([name], ["FW2026-0012"], []).split())
    if expressions and holds(expressions[1], tokens):
        assert holds(expressions[2], tokens)


@pytest.mark.parametrize("typed", ["", " ", "%", "'", '"', "()", "*", "\\", "——"])
def test_signs_alone_look_for_nothing(typed: str) -> None:
    assert looked_for(typed) == []
