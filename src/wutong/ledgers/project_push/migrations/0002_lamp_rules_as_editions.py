"""The lamp rules of stalled projects become editions of `lamps`, and the wide rows go.

Every wide row had days of its own. Between two days on which any row begins or ends the rows in force are one edition;
days without a row become an edition without rules, so that nothing that was grey gets a colour.
"""

from datetime import datetime, time, timedelta

from django.db import migrations
from django.utils.timezone import get_default_timezone

SUBJECT = "project_push.stalled"
COLUMNS = (
    ("days_in_stage", "red", "red_days"),
    ("days_in_stage", "yellow", "yellow_days"),
    ("days_idle", "red", "idle_red_days"),
    ("days_idle", "yellow", "idle_yellow_days"),
)


def move_rules(apps, _schema_editor):
    old_rows = list(apps.get_model("project_push", "LampRule").objects.order_by("valid_from", "pk"))
    rule_set_model = apps.get_model("lamps", "LampRuleSet")
    rule_model = apps.get_model("lamps", "LampRule")
    names = set()
    for first, last, rows in spans(old_rows):
        name = rows[-1].edition if rows else "无规则"
        if name in names:
            name = f"{name[:19]} {first}"
        names.add(name)
        rule_set = rule_set_model.objects.create(
            subject=SUBJECT,
            edition=name,
            title="停滞项目亮灯规则",
            source="由原亮灯规则表转入",
            valid_from=first,
            valid_to=last,
            published_at=datetime.combine(first, time.min, tzinfo=get_default_timezone()),
        )
        ordered = sorted(rows, key=lambda row: (row.stage != "signed", -row.band_from_yuan))
        rule_model.objects.bulk_create(
            rule_model(
                rule_set=rule_set,
                position=position,
                group=row.stage,
                band_from_yuan=row.band_from_yuan,
                metric=metric,
                comparator="over",
                threshold=getattr(row, column),
                colour=colour,
                clause=row.clause,
            )
            for position, (row, (metric, colour, column)) in enumerate(
                ((row, column) for row in ordered for column in COLUMNS), start=1
            )
        )


def spans(rows):
    """First day, last day (None: open) and rows in force, the latest begun last. Of two rows of one stage and band
    the later one counts."""
    if not rows:
        return []
    one_day = timedelta(days=1)
    days = {row.valid_from for row in rows} | {row.valid_to + one_day for row in rows if row.valid_to}
    starts = sorted(days)
    found = []
    for start in starts:
        in_force = {}
        for row in rows:
            if row.valid_from <= start and (row.valid_to is None or row.valid_to >= start):
                in_force[row.stage, row.band_from_yuan] = row
        chosen = sorted(in_force.values(), key=lambda row: (row.valid_from, row.pk))
        if not found or found[-1][1] != chosen:
            found.append((start, chosen))
    ends = [start - one_day for start, _rows in found[1:]] + [None]
    return [(start, end, chosen) for (start, chosen), end in zip(found, ends, strict=True)]


class Migration(migrations.Migration):
    dependencies = [
        ("project_push", "0001_initial"),
        ("lamps", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(move_rules, migrations.RunPython.noop),
        migrations.DeleteModel(name="LampRule"),
    ]
