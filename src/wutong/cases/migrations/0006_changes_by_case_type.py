"""Whether any case of a type has changed is read from an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_gates_for_running_cases")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["case_type", "last_seq"], name="case_type_last_seq"),
        ),
    ]
