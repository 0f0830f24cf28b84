"""A sample zone is built as a whole or not at all."""

from datetime import date, datetime

import pytest

from wutong.base.accounts.models import Account
from wutong.base.accounts.testing import SHANGHAI
from wutong.cases.models import Case
from wutong.ledgerkit.testing import load_seeds
from wutong.sample.zone import build_zone, is_built

TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_a_zone_that_fails_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    load_seeds()

    def break_off(*_args: object) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr("wutong.sample.zone.build_meetings", break_off)
    with pytest.raises(RuntimeError, match="half way"):
        build_zone(today=TODAY, now=NOW)
    assert not is_built()
    assert not Case.objects.exists()
    assert not Account.objects.exists()
