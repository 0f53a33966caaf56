"""Nobody removes what must be kept: rows with a lifecycle and stored files are refused deletion, in program and database.

The term is fifteen years from the end of the procurement (R-GP-47). Rows are never deleted at all; a destruction lets
go of the bytes of files alone (`portal/operations/destruction.py`). The signal catches what goes past a model's own
`delete`: querysets and cascades. On PostgreSQL triggers catch plain SQL as well.
"""
from __future__ import annotations

from django.apps import apps
from django.db import connections, models
from django.db.models.signals import post_migrate, pre_delete

from portal.files.kinds import all_kinds
from portal.files.models import Document
from portal.workflow.models import Staged

FUNCTIONS = """
CREATE OR REPLACE FUNCTION kept_row() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'R-GP-47: rows of %% are kept', TG_TABLE_NAME;
END
$$ LANGUAGE plpgsql;
CREATE OR REPLACE FUNCTION kept_file() RETURNS trigger AS $$
BEGIN
  -- A promised paper has neither path nor digest; it gets both once, when it is set.
  IF OLD.path IS NOT NULL AND (
    NEW.path IS DISTINCT FROM OLD.path OR NEW.digest <> OLD.digest OR NEW.kind <> OLD.kind
    OR NEW.project_id IS DISTINCT FROM OLD.project_id
  ) THEN
    RAISE EXCEPTION 'a document is never changed';
  END IF;
  IF NEW.discarded_at IS NOT NULL AND OLD.discarded_at IS NULL AND NOT (OLD.kind = ANY (%s)) AND (
    NOT EXISTS (SELECT 1 FROM workdays_legalclock WHERE name = 'RETENTION' AND project_id = OLD.project_id AND state = 'MET')
    OR EXISTS (SELECT 1 FROM workdays_legalclock WHERE name = 'RETENTION' AND project_id = OLD.project_id AND state <> 'MET')
  ) THEN
    RAISE EXCEPTION 'R-GP-47: the term of this file is not over';
  END IF;
  RETURN NEW;
END
$$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER kept_file BEFORE UPDATE ON files_document FOR EACH ROW EXECUTE FUNCTION kept_file();
"""


class Kept(Exception):
    """Somebody tried to delete what must be kept (R-GP-47)."""


def kept_models() -> list[type[models.Model]]:
    """Every thing with a lifecycle, and the documents; what an app adds is kept without asking."""
    return [*(model for model in apps.get_models() if issubclass(model, Staged)), Document]


def refuse_deletion(sender: type[models.Model], instance: models.Model, **signal) -> None:
    raise Kept(f"R-GP-47: {sender._meta.verbose_name} {instance.pk} is kept")


def guard_tables(using: str = "default", **signal) -> None:
    """Lay the triggers anew after every migration, so that new tables have them too."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    existing = set(connection.introspection.table_names())
    derived = [kind.code for kind in all_kinds() if kind.derived]
    with connection.cursor() as cursor:
        if Document._meta.db_table in existing:
            cursor.execute(FUNCTIONS, [derived])
        for model in kept_models():
            if (table := model._meta.db_table) in existing:
                quoted = connection.ops.quote_name(table)
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER kept_row BEFORE DELETE ON {quoted} FOR EACH ROW EXECUTE FUNCTION kept_row()"
                )


def keep() -> None:
    """Called once when Django is ready."""
    for model in kept_models():
        pre_delete.connect(refuse_deletion, sender=model, dispatch_uid=f"kept {model._meta.label}")
    post_migrate.connect(guard_tables, sender=apps.get_app_config("operations"), dispatch_uid="kept tables")
