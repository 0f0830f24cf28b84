import pytest

from tests.meetings.hall import Hall, make_hall


@pytest.fixture
def hall(db: None) -> Hall:
    return make_hall()
