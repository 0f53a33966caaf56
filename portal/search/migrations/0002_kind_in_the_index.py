"""Every line of the index says of what kind its thing is, so that a rare kind is not looked for among all."""
from django.db import migrations

from portal.search.words import sign


def forward(apps, schema_editor):
    entries = apps.get_model("search", "Entry").objects
    added = "array_append(grams, %s)" if schema_editor.connection.vendor == "postgresql" else "grams || ' ' || %s"
    with schema_editor.connection.cursor() as cursor:
        for kind in entries.order_by("kind").values_list("kind", flat=True).distinct():
            cursor.execute(f"UPDATE search_entry SET grams = {added} WHERE kind = %s", [sign(kind), kind])  # noqa: S608 -- words of ours


def backward(apps, schema_editor):
    """What is written more than before does no harm: nothing that is typed is taken for it."""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(forward, backward)]
