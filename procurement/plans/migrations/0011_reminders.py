"""When agencies are reminded of returned items, and who was told of a plan that is wanting."""
from datetime import timedelta

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

#: What lies returned already has a week from the day this is put in place.
GRACE = timedelta(days=7)


def remind_of_what_lies(apps, schema_editor):
    apps.get_model("plans", "PlanItem").objects.filter(state="SENT_BACK").update(remind_at=timezone.now() + GRACE)


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0010_idle_reviewers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='计划年度')),
                ('step', models.CharField(choices=[('BEGIN', '提醒编报'), ('WEEK', '还有一周'), ('LAST', '即将截止'), ('LATE', '未按期报送')], max_length=8, verbose_name='环节')),
                ('told_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '编报提醒',
                'ordering': ['organisation', 'year', 'id'],
            },
        ),
        migrations.AddField(
            model_name='planitem',
            name='remind_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='提醒时间'),
        ),
        migrations.AddIndex(
            model_name='planitem',
            index=models.Index(fields=['state', 'remind_at'], name='plans_plani_state_1c8aab_idx'),
        ),
        migrations.AddField(
            model_name='planreminder',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation', verbose_name='单位'),
        ),
        migrations.AddConstraint(
            model_name='planreminder',
            constraint=models.UniqueConstraint(fields=('organisation', 'year', 'step'), name='plans_reminder_once'),
        ),
        migrations.RunPython(remind_of_what_lies, migrations.RunPython.noop),
    ]
