from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0020_leading_groups'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='plan',
            index=models.Index(fields=['year', 'id'], name='plans_plan_newest'),
        ),
    ]
