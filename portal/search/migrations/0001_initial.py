"""The index: GIN over an array on PostgreSQL; on SQLite an FTS5 table kept by triggers beside the lines."""
from django.db import migrations, models

import portal.search.models

POSTGRESQL = ["CREATE INDEX search_entry_grams ON search_entry USING gin (grams)"]
SQLITE = [
    """CREATE VIRTUAL TABLE search_grams USING fts5(
      grams, content='search_entry', content_rowid='id', tokenize='unicode61 remove_diacritics 0', detail='none')""",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
      INSERT INTO search_grams(rowid, grams) VALUES (new.id, new.grams); END""",
    """CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN
      INSERT INTO search_grams(search_grams, rowid, grams) VALUES ('delete', old.id, old.grams); END""",
    """CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry BEGIN
      INSERT INTO search_grams(search_grams, rowid, grams) VALUES ('delete', old.id, old.grams);
      INSERT INTO search_grams(rowid, grams) VALUES (new.id, new.grams); END""",
]


def forward(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backward(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE search_grams")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
                ("text", models.TextField()),
                ("grams", portal.search.models.GramsField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("kind", "object_id"), name="search_entry_once")]},
        ),
        migrations.RunPython(forward, backward),
    ]
