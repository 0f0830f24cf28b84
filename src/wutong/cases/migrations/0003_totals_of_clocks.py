from datetime import UTC, datetime

from django.db import migrations
from django.db.models import F

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def fill_in(apps, schema_editor):
    """Clocks of before counted whole days only, and nobody watched them: the sweep looks at each once."""
    clocks = apps.get_model("cases", "Clock").objects.using(schema_editor.connection.alias)
    clocks.update(total=F("budget"))
    clocks.filter(consumed__gt=F("budget")).update(late=F("consumed") - F("budget"))
    clocks.filter(ended_on__isnull=True, running_since__isnull=False).update(next_at=LONG_AGO)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_clocks_in_law")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
