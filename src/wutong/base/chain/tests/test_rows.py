from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps

from wutong.base.chain.rows import AppendOnlyError, ChainedRow, ChainHeadModel, Head, faults_of_chain
from wutong.base.chain.testing import own_keys, rotate_key

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CHAIN = "book:1"

with isolate_apps():

    class Line(ChainedRow):
        """An invented chained row: it needs no table, because chaining is arithmetic."""

        text = models.TextField()

        class Meta:
            app_label = "chain_tests"

        def chain_name(self) -> str:
            return CHAIN

        def content(self) -> dict[str, Any]:
            return {"text": self.text}

    class Book(ChainHeadModel):
        class Meta:
            app_label = "chain_tests"


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path) -> Iterator[None]:
    with own_keys(tmp_path):
        yield


def written(*texts: str) -> tuple[Book, list[Line]]:
    book, lines = Book(), []
    for number, text in enumerate(texts):
        line = Line(text=text)
        book.set_head(line.seal(after=book.head(), now=NOW + timedelta(minutes=number)), CHAIN)
        lines.append(line)
    return book, lines


def words(book: Book, lines: list[Line]) -> list[str]:
    return [fault.words for fault in faults_of_chain(CHAIN, lines, book)]


def test_a_chain_as_it_was_written_has_no_fault() -> None:
    book, lines = written("一", "二", "三")
    assert [line.seq for line in lines] == [1, 2, 3]
    assert words(book, lines) == []


def test_an_edited_row_is_found() -> None:
    book, lines = written("一", "二", "三")
    lines[1].text = "贰"
    assert words(book, lines) == ["第2条变更的内容或校验值被改动"]


def test_a_moved_date_is_found() -> None:
    book, lines = written("一", "二")
    lines[0].recorded_at -= timedelta(days=1)
    assert words(book, lines) == ["第1条变更的内容或校验值被改动"]


def test_a_row_hashed_again_by_somebody_without_the_key_is_found(tmp_path: Path) -> None:
    book, lines = written("一", "二", "三")
    lines[1].text = "贰"
    with own_keys(tmp_path / "foreign"):
        lines[1].hash = lines[1].computed_hash()
    assert words(book, lines) == ["第2条变更的内容或校验值被改动", "第3条变更与前一条不衔接"]


def test_removed_rows_in_the_middle_are_named() -> None:
    book, lines = written("一", "二", "三", "四")
    assert words(book, [lines[0], lines[3]]) == ["第2至3条变更被移除"]


def test_removed_last_rows_are_found_by_the_head() -> None:
    book, lines = written("一", "二", "三")
    assert words(book, lines[:1]) == ["末尾第2至3条变更被移除"]


def test_removed_last_rows_are_found_although_the_head_was_set_back() -> None:
    book, lines = written("一", "二", "三")
    book.last_seq, book.head_hash = lines[1].seq, lines[1].hash
    assert words(book, lines[:2]) == ["链尾签名不符"]


def test_a_row_of_another_continuation_cannot_be_linked_in() -> None:
    book, lines = written("一", "二", "三")
    _fork, other = written("一", "贰")
    lines[1], lines[2].prev_hash = other[1], other[1].hash
    assert words(book, lines) == ["第3条变更的内容或校验值被改动"]


def test_a_row_moved_into_another_chain_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    book, lines = written("一")
    monkeypatch.setattr(Line, "chain_name", lambda self: "book:2")
    assert "第1条变更的内容或校验值被改动" in words(book, lines)


def test_rows_and_heads_stay_valid_after_the_key_was_rotated() -> None:
    book, lines = written("一", "二")
    rotate_key("chain")
    assert words(book, lines) == []
    line = Line(text="三")
    book.set_head(line.seal(after=book.head(), now=NOW), CHAIN)
    assert line.key_number == 2
    assert words(book, [*lines, line]) == []


def test_a_row_that_names_a_missing_key_is_a_fault_and_no_crash() -> None:
    book, lines = written("一")
    lines[0].key_number = 9
    assert words(book, lines) == ["第1条变更的内容或校验值被改动"]


def test_a_row_from_the_database_is_neither_saved_nor_deleted() -> None:
    line = Line(text="一")
    line._state.adding = False
    with pytest.raises(AppendOnlyError):
        line.save()
    with pytest.raises(AppendOnlyError):
        line.delete()


def test_rows_are_neither_updated_nor_deleted_through_their_manager() -> None:
    with pytest.raises(AppendOnlyError):
        Line.objects.all().update(text="")
    with pytest.raises(AppendOnlyError):
        Line.objects.all().delete()


def test_the_mac_of_a_head_depends_on_its_chain() -> None:
    assert Head(1, "ab" * 32).mac("book:1") != Head(1, "ab" * 32).mac("book:2")
