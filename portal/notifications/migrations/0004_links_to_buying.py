"""Links in messages follow the pages of those who buy to their new address."""
from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

OLD, NEW = "/work/", "/buying/"


def moved(before: str, after: str):
    def move(apps, schema_editor) -> None:
        messages = apps.get_model("notifications", "Message").objects.filter(link__startswith=before)
        messages.update(link=Concat(Value(after), Substr(F("link"), len(before) + 1)))

    return move


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_failures")]
    operations = [migrations.RunPython(moved(OLD, NEW), moved(NEW, OLD))]
