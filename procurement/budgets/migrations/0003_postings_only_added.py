"""On PostgreSQL not even the application's own SQL changes or removes an entry of the ledger (L3.2)."""
from django.db import migrations

FORWARD = """
CREATE FUNCTION budgets_postings_only_added() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'an entry of the ledger is never changed; a second one undoes it';
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER budgets_posting_only_added BEFORE UPDATE OR DELETE ON budgets_posting
  FOR EACH ROW EXECUTE FUNCTION budgets_postings_only_added();
"""
BACKWARD = """
DROP TRIGGER budgets_posting_only_added ON budgets_posting;
DROP FUNCTION budgets_postings_only_added();
"""


def forward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORWARD)


def backward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACKWARD)


class Migration(migrations.Migration):
    dependencies = [("budgets", "0002_carried_lines")]
    operations = [migrations.RunPython(forward, backward)]
