"""Keep the English translation complete: collect, list what is missing, fill in, check, compile."""
from __future__ import annotations

import fcntl
import json
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

CATALOGUE = Path("en/LC_MESSAGES/django.po")
IGNORED = [".venv/*", "var/*", "tests/*", "script/*", "verify/*", "node_modules/*"]


class Command(BaseCommand):
    requires_system_checks = ()
    help = "update | todo [PREFIX] | fill FILE.json | check: the English translation of what people read."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["update", "todo", "fill", "check"])
        parser.add_argument("argument", nargs="?", default="")

    def handle(self, *args, **options):
        getattr(self, f"do_{options['what']}")(options["argument"])

    def do_update(self, _argument: str) -> None:
        with locked():
            collect(Path(settings.LOCALE_PATHS[0]))

    def do_todo(self, prefix: str) -> None:
        """Messages without a translation, those whose source file starts with the prefix, as JSON."""
        with fresh() as po:
            missing = [key_of(e) for e in open_entries(po) if not prefix or any(f.startswith(prefix) for f, _line in e.occurrences)]
        self.stdout.write(json.dumps(dict.fromkeys(missing, ""), ensure_ascii=False, indent=1))

    def do_fill(self, file: str) -> None:
        given = json.loads(Path(file).read_text())
        with locked():
            root = Path(settings.LOCALE_PATHS[0])
            collect(root)
            po = polib.pofile(str(root / CATALOGUE), wrapwidth=120)
            filled = 0
            for entry in po:
                text = given.get(key_of(entry))
                if not text:
                    continue
                text = curled(text)
                if entry.msgid_plural:  # "MSGID|1" in the file gives the singular where it differs
                    entry.msgstr_plural = {0: curled(given.get(f"{key_of(entry)}|1", text)), 1: text}
                else:
                    entry.msgstr = text
                entry.flags, filled = [flag for flag in entry.flags if flag != "fuzzy"], filled + 1
            po.save()
        self.stdout.write(f"{filled} filled")

    def do_check(self, _argument: str) -> None:
        """Fail when a sentence that people read has no English, or its placeholders differ."""
        with fresh() as po:
            missing = [f"{e.occurrences[0][0] if e.occurrences else '?'}: {e.msgid}" for e in open_entries(po)]
            differing = [
                e.msgid for e in po.translated_entries()
                if any(placeholders(e.msgid) != placeholders(text) for text in texts_of(e))
            ]
            straight = [e.msgid for e in po.translated_entries() if any(text != curled(text) for text in texts_of(e))]
        for line in [*missing[:40], *(f"placeholders differ: {m}" for m in differing), *(f"straight quotes: {m}" for m in straight)]:
            self.stdout.write(line)
        if missing or differing or straight:
            raise CommandError(
                f"{len(missing)} messages without English, {len(differing)} with other placeholders, {len(straight)} with straight quotes"
            )
        self.stdout.write("every message has its English")


def key_of(entry: polib.POEntry) -> str:
    """How a message is called in the JSON files: "CONTEXT|MSGID" where one msgid has several meanings."""
    return f"{entry.msgctxt}|{entry.msgid}" if entry.msgctxt else entry.msgid


def texts_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def curled(text: str) -> str:
    """A straight quotation mark would end the attribute a sentence stands in; those of markup stay."""
    return text if '="' in text else re.sub(r'"([^"]*)"', "“\\1”", text)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)[sd]", text))


def open_entries(po: polib.POFile) -> list[polib.POEntry]:
    return [e for e in po if not e.obsolete and (not e.translated() or e.fuzzy)]


def collect(root: Path) -> None:
    """Gather the messages of the tree into `root`, keeping what is translated."""
    (root / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    with override_settings(LOCALE_PATHS=[str(root)]):
        call_command("makemessages", locale=["en"], ignore_patterns=IGNORED, no_obsolete=True, no_wrap=True,
                     add_location="file", verbosity=0)


@contextmanager
def fresh():
    """The catalogue as it would be after collecting now; the tree stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source = Path(settings.LOCALE_PATHS[0]) / CATALOGUE
        if source.exists():
            (root / CATALOGUE).parent.mkdir(parents=True)
            shutil.copy(source, root / CATALOGUE)
        collect(root)
        yield polib.pofile(str(root / CATALOGUE))


@contextmanager
def locked():
    """One writer of the catalogue at a time."""
    path = Path(settings.VAR_DIR) / "messages.lock"
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
