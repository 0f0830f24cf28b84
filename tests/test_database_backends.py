"""What the product asks of its databases beyond Django."""

import pytest
from django.db import connection


@pytest.mark.django_db
@pytest.mark.parametrize(("setting", "value"), [("jit", "off"), ("random_page_cost", "1.1")])
def test_postgresql_plans_for_long_conditions_and_a_solid_state_disk(setting: str, value: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        assert cursor.fetchone() == (value,)
