"""What the product asks of its databases beyond Django."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_postgresql_does_not_compile_conditions_just_in_time() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
