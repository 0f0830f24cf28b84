from collections.abc import Iterator

import pytest

from wutong.cases.testing import Zone, errands, make_zone


@pytest.fixture
def zone(db: None) -> Iterator[Zone]:
    """The invented procedure with its people."""
    with errands():
        yield make_zone()
