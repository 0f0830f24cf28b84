"""A firm known only from its projects stays as secret as they are; every other firm is known to everybody."""

from typing import Any

from django.db import migrations


def hide_firms_of_projects(apps: Any, schema_editor: Any) -> None:
    enterprises = apps.get_model("enterprises", "Enterprise")
    investors = apps.get_model("projects", "Project").objects.values("investor")
    enterprises.objects.filter(pk__in=investors).update(is_disclosed=False)


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial"), ("enterprises", "0002_one_register")]

    operations = [migrations.RunPython(hide_firms_of_projects, migrations.RunPython.noop)]
