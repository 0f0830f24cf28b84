"""Every text of the product is there in every language."""

import pytest

from wutong.cli.commands.translations import find_problems

pytestmark = pytest.mark.house


def test_no_translation_is_missing() -> None:
    assert find_problems() == []
