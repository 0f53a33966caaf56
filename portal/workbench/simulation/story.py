"""The walkthrough inside this process, and the project as it stood after each step of it."""
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.test import Client

from portal.audit.models import Chain
from portal.audit.record import chain_key_of
from portal.workbench.walkthrough.client import Answer, Person, encode
from portal.workbench.walkthrough.story import Story
from procurement.plans.models import Project

from .rows import Snapshot, snapshot_of

CHAPTERS = ("plan", "budget", "tender", "bids", "award", "contract", "delivery", "payment", "evaluation")


class InProcessPerson(Person):
    """A person whose requests are answered by this process, without a server."""

    def _send(self, method: str, path: str, data: dict | None = None, *, raw: bool = False, key: str = "") -> Answer:
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        body, kind = encode(data) if data is not None else (b"", "application/octet-stream")
        answer = Client().generic(method, quote(path, safe="/?&=%"), body, content_type=kind, headers=headers)
        content = b"".join(answer) if answer.streaming else answer.content
        return Answer(answer.status_code, content if raw else json.loads(content or b"{}"), dict(answer.headers))


@dataclass(slots=True)
class InProcessStory(Story):
    """Calls `after` when a step is done."""

    after: Callable[[InProcessStory], None] = lambda story: None

    def person(self, username: str) -> Person:
        if username not in self.people:
            self.people[username] = InProcessPerson("", username).sign_in()
        return self.people[username]

    def _done(self, *arguments) -> dict:
        body = super(InProcessStory, self)._done(*arguments)
        self.after(self)
        return body


@dataclass(slots=True)
class Stages:
    """Takes a snapshot of the story's project whenever its stage or the kind of what a person did last is a new one.

    What happens by itself does not count: which of two such acts comes first may hang on a second.
    """

    say: Callable[[str], None]
    taken: list[Snapshot] = field(default_factory=list)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def look(self, story: Story) -> None:
        project = Project.objects.filter(is_history=False).order_by("pk").first()
        if project is None:
            return
        chain = Chain.objects.get(pk=chain_key_of(project.pk))
        last = chain.entries.filter(user_id__isnull=False).exclude(lifecycle="workdays.clock").order_by("-seq").first()
        place = (project.state, last.lifecycle if last else "")
        if place not in self._seen:
            self._seen.add(place)
            self.taken.append(snapshot_of(project))
            self.say(f"  {len(self.taken):3} {project.state} {place[1]}: {chain.count} entries")


def play(say: Callable[[str], None], chapters: tuple[str, ...] = CHAPTERS) -> list[Snapshot]:
    """The life of one project by its verbs, as snapshots; demo mode only (the clock moves)."""
    stages = Stages(say)
    story = InProcessStory(base_url="", out=Path(settings.VAR_DIR), say=lambda line: None, after=stages.look)
    for chapter in chapters:
        import_module(f"portal.workbench.walkthrough.{chapter}").play(story)
    return stages.taken
