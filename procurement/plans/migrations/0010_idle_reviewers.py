"""A claim that nobody works on goes back to the queue; claims of before count from the day this is put in place."""
from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone

#: What stands claimed already has a week.
GRACE = timedelta(days=7)


def watch_what_is_claimed(apps, schema_editor):
    steps = apps.get_model("plans", "ReviewStep").objects.filter(state="CLAIMED")
    owed = apps.get_model("plans", "ReviewComment").objects.filter(
        item=models.OuterRef("item"), kind=models.OuterRef("kind"), state="OPEN"
    )
    steps.exclude(models.Exists(owed)).update(idle_until=timezone.now() + GRACE)


class Migration(migrations.Migration):

    dependencies = [
        ("plans", "0009_listed_entry"),
    ]

    operations = [
        migrations.AddField(
            model_name="reviewstep",
            name="idle_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="无动作放回时间"),
        ),
        migrations.AddIndex(
            model_name="reviewstep",
            index=models.Index(fields=["state", "idle_until"], name="plans_revie_state_0ba477_idx"),
        ),
        migrations.RunPython(watch_what_is_claimed, migrations.RunPython.noop),
    ]
