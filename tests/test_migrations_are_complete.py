"""Models and migrations say the same."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests import house

pytestmark = pytest.mark.house


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    # Only our own apps: a library may ship models and migrations that differ, and we cannot add to them.
    labels = sorted({model._meta.app_label for model in house.own_models()})
    output = StringIO()
    try:
        call_command("makemigrations", *labels, "--check", "--dry-run", stdout=output, stderr=output)
    except SystemExit:
        pytest.fail(output.getvalue())
