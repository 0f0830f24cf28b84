"""Firms that were registered before doubles were looked for get the forms that doubles are found by."""

from typing import Any

from django.db import migrations

from wutong.registers.enterprises.duplicates import keys_of

BLOCK = 1000


def write_keys(apps: Any, schema_editor: Any) -> None:
    firms = apps.get_model("enterprises", "Enterprise").objects.filter(keys__isnull=True)
    keys = apps.get_model("enterprises", "EnterpriseKey").objects
    keys.bulk_create(
        (
            keys.model(enterprise_id=pk, kind=kind, value=value)
            for pk, name, address in firms.values_list("pk", "name", "address").iterator(BLOCK)
            for kind, value in keys_of(name, address).items()
        ),
        batch_size=BLOCK,
    )


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0002_one_register")]

    operations = [migrations.RunPython(write_keys, migrations.RunPython.noop)]
