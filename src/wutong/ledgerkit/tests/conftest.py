from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from wutong.cases.testing import Zone, errands, make_zone


@pytest.fixture
def zone(db: None, settings: LazySettings, tmp_path: Path) -> Iterator[Zone]:
    """The invented procedure with its people, stored files and signed heads of its own."""
    settings.WUTONG_FILE_DIR = tmp_path / "files"
    settings.WUTONG_ANCHOR_DIR = tmp_path / "anchors"
    with errands():
        yield make_zone()
