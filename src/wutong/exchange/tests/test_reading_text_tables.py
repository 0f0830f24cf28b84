"""A table of plain text is read like a sheet of a workbook, within the same limits, and stored for imports only."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wutong.base.accounts.testing import make_account
from wutong.base.errors import Refused
from wutong.base.files.models import StoredFile
from wutong.base.files.services import store_file
from wutong.base.files.text_tables import table_text
from wutong.exchange.reading.child import tell
from wutong.exchange.reading.grid import Workbook
from wutong.exchange.reading.limits import Limits
from wutong.exchange.reading.process import read_workbook
from wutong.exchange.reading.text_table import text_rows
from wutong.exchange.reading.unreadable import Unreadable
from wutong.exchange.services import check_workbook, intake_of
from wutong.exchange.tests.samples import PUSH

TABLE = '项目名称,总投资（亿元）,签约时间\n示例𠮷㐂项目,"1,234.5",2023-01-06\n\n"两\n行",3,2023-01-07\n'
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def read(tmp_path: Path):  # type: ignore[no-untyped-def]
    def reader(content: bytes) -> Workbook:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return read_workbook(path, memory_bytes=512 * 1024 * 1024, seconds=30)

    return reader


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_both_encodings_and_line_ends_give_the_same_rows(read, encoding: str, line_end: str) -> None:  # type: ignore[no-untyped-def]
    found = read(TABLE.replace("\n", line_end).encode(encoding)).sheets
    assert [sheet.name for sheet in found] == ["CSV"]
    assert found[0].rows == [
        ["项目名称", "总投资（亿元）", "签约时间"],
        ["示例𠮷㐂项目", "1,234.5", "2023-01-06"],
        [],
        [f"两{line_end}行", "3", "2023-01-07"],
    ]


def test_a_tab_separates_where_the_first_line_has_more_of_them(read) -> None:  # type: ignore[no-untyped-def]
    assert read("甲,一\t乙\t丙\n1,5\t\t3\n".encode()).sheets[0].rows == [
        ["甲,一", "乙", "丙"],
        ["1,5", None, "3"],
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        "没有分隔的一行".encode(),
        b"a,b\n1,\x01\n",
        b"a,b\n\0\0",
        "a,b\n1,2\n".encode("utf-16"),
        b"<html>,</html>",
        b"\x89PNG\r\n\x1a\n,\x00",
        b"a,\xff\xff\xff\n",
    ],
)
def test_what_is_no_table_of_text_is_left_to_the_other_readers(content: bytes) -> None:
    assert table_text(content) is None


def test_a_quotation_mark_that_is_never_closed_is_refused_in_words(read) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused, match="损坏"):
        read('甲,乙\n"1,2\n'.encode())


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(rows=2), "too_far"),
        (Limits(columns=1), "too_far"),
        (Limits(cells=3), "too_many_cells"),
    ],
)
def test_a_table_of_text_has_the_limits_of_a_sheet(limits: Limits, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        list(text_rows("a,b\n1,2\n3,4\n", ",", limits))
    assert caught.value.code == code


def test_a_refusal_in_the_middle_is_the_last_thing_said() -> None:
    out = io.BytesIO()
    tell(b'a,b\n1,2\n"3,4\n', out)
    assert out.getvalue().splitlines()[-1].startswith(b'{"refused":"damaged"')


@pytest.mark.django_db
def test_a_table_of_text_goes_through_check_and_is_read_again_from_its_file() -> None:
    batch, intake = check_workbook(PUSH, TABLE.encode(), name="库.csv", actor=make_account(), now=NOW)
    assert [row.values["investment_yuan"] for row in intake.accepted] == [123_450_000_000, 300_000_000]
    assert batch.stored_file is not None
    assert (batch.stored_file.content_type, batch.stored_file.name) == ("text/csv", "库.csv")
    assert intake_of(batch, PUSH) == intake


@pytest.mark.django_db
def test_a_table_of_text_is_no_proof_of_anything() -> None:
    with pytest.raises(Refused, match="不是可以上传的类型"):
        store_file(TABLE.encode(), name="佐证.csv", actor=None, now=NOW)
    assert not StoredFile.objects.exists()
