from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection


@pytest.fixture
def connection_dump(db: None) -> Callable[[], str]:
    """Everything that stands in the tables of the database, as one text."""

    def dump() -> str:
        found = []
        with connection.cursor() as cursor:
            for model in apps.get_models(include_auto_created=True):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
                found.append(repr(cursor.fetchall()))
        return "\n".join(found)

    return dump
