"""The index on the database that is there: the same text finds the same, in the transaction of what it finds."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from django.db import transaction

from wutong.base.search.models import SearchEntry
from wutong.base.search.queries import Range, find
from wutong.base.search.services import Document, declare_documents, rebuild, refresh, write_documents
from wutong.registers.organisation.services import open_unit

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FEW, MANY = Range(is_many=False), Range(is_many=True)


def everything(kind: str, keys: Sequence[int]) -> set[int]:
    return set(keys)


def names_of(text: str, *ranges: Range, limit: int = 20, permitted: object = everything) -> list[str]:
    hits = find(text, ranges=ranges or (FEW,), permitted=permitted, limit=limit)  # type: ignore[arg-type]
    return [hit.name for hit in hits]


@pytest.fixture
def firms(db: None) -> list[str]:
    names = ["山东恒储科技有限公司", "恒储", "恒储电池有限公司", "衡初商贸", "示例公司", "重庆示例ABC公司"]
    write_documents(
        Document("firm", key, (name,), (f"91379999MA{key:07d}X",)) for key, name in enumerate(names)
    )
    return names


def test_the_best_answer_comes_first(firms: list[str]) -> None:
    assert names_of("恒储") == ["恒储", "恒储电池有限公司", "山东恒储科技有限公司"]
    assert names_of("hc") == ["恒储", "衡初商贸", "恒储电池有限公司", "山东恒储科技有限公司"]
    assert names_of("h") == ["恒储", "衡初商贸", "恒储电池有限公司"]
    assert names_of("hengchu")[0] in {"恒储", "衡初商贸"}
    assert names_of("zqslabc") == ["重庆示例ABC公司"]
    assert names_of("91379999MA0000002X") == ["恒储电池有限公司"]
    assert names_of("ma0000003") == ["衡初商贸"]


def test_a_further_name_answers_with_the_present_one(firms: list[str]) -> None:
    write_documents([Document("firm", 0, ("山东恒储科技有限公司", "聊城旧称公司"), ())])
    assert names_of("旧称") == ["山东恒储科技有限公司"]


def test_a_changed_name_is_found_and_the_old_one_is_not(firms: list[str]) -> None:
    write_documents([Document("firm", 4, ("改名公司",), ())])
    assert names_of("示例公司") == ["重庆示例ABC公司"] or names_of("示例公司") == []
    assert names_of("改名") == ["改名公司"]
    assert SearchEntry.objects.count() == len(firms)


def test_what_has_nothing_to_be_found_by_is_taken_out(firms: list[str]) -> None:
    write_documents([Document("firm", 1)])
    assert "恒储" not in names_of("恒储")


def test_what_is_rolled_back_is_not_found(firms: list[str]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write_documents([Document("firm", 99, ("不会留下的公司",), ())])
        assert names_of("不会留下") == ["不会留下的公司"]
        raise RuntimeError
    assert names_of("不会留下") == []


def test_only_what_is_permitted_comes_back_however_much_else_answers() -> None:
    write_documents(Document("firm", key, (f"共同名称{key}号公司",), ()) for key in range(400))
    assert names_of("共同名称", permitted=lambda kind, keys: {key for key in keys if key == 7}) == [
        "共同名称7号公司"
    ]


def test_the_reach_narrows_down_before_anything_is_judged() -> None:
    write_documents(
        Document("case", key, (f"同名事项{key}",), (), (f".u{key % 50}",), is_many=True) for key in range(500)
    )
    judged: list[int] = []

    def permitted(kind: str, keys: Sequence[int]) -> set[int]:
        judged.extend(keys)
        return set(keys)

    found = names_of("同名事项", Range(True, frozenset({".u7"})), permitted=permitted, limit=50)
    assert sorted(found) == sorted(f"同名事项{key}" for key in range(7, 500, 50))
    assert set(judged) == set(range(7, 500, 50))
    assert names_of("同名事项", Range(True, frozenset())) == []


def test_a_thing_comes_before_what_is_done_about_it(firms: list[str]) -> None:
    write_documents([Document("case", 1, ("恒储电池有限公司",), ("TS1",), is_many=True)])
    hits = find("恒储电池有限公司", ranges=(MANY, FEW), permitted=everything, limit=5)
    assert [hit.kind for hit in hits] == ["firm", "case"]


def test_rows_of_a_declared_kind_are_refreshed_and_others_are_left_alone() -> None:
    declare_documents("toy", lambda keys: [Document("toy", key, (f"玩具{key}",)) for key in keys])
    refresh("toy", [3, 4])
    refresh("nobody", [5])
    assert sorted(names_of("玩具")) == ["玩具3", "玩具4"]


@pytest.mark.parametrize(
    "text", ["'", '"', "\\", "a'b", 'a"b', "(", "* OR *", "a:*", "& | !", "\x00", "龘" * 300]
)
def test_no_sign_breaks_the_query(firms: list[str], text: str) -> None:
    names_of(text, FEW, MANY)


def test_made_anew_the_index_finds_what_it_found_before() -> None:
    unit = open_unit(
        code="re", name="示例重建处", kind="department", parent=None, actor=None, on=NOW.date(), now=NOW
    )
    before = list(SearchEntry.objects.values_list("kind", "target_id", "tokens"))
    assert before
    SearchEntry.objects.all().delete()
    assert names_of("重建") == []
    assert rebuild() == 1
    assert list(SearchEntry.objects.values_list("kind", "target_id", "tokens")) == before
    assert names_of("cj") == [unit.name]
