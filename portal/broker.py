"""The embedded broker: kombu's broker of files, made so that no moment exists in which a file is half there.

Whoever is killed while he writes leaves nothing that another could read: files are written aside and put in place whole.
Taken messages stay in the portal's own folder, not in one that the whole machine shares. What a task had to do stands in
the database, so a message that is lost with its worker is sent again (`portal/reports/typesetting.py`, `runner.py`).
"""
from __future__ import annotations

import fcntl
import logging
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from time import monotonic_ns

from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)
Bindings = list[filesystem.exchange_queue_t]


class Channel(filesystem.Channel):
    """Messages are files of one folder; taking one is moving it away, which only one worker can do."""

    @property
    def aside(self) -> Path:
        """Where files are written before they are put in place, and read after they were taken."""
        return Path(self.processed_folder)

    def _put(self, queue: str, payload: dict, **options) -> None:
        name = f"{monotonic_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        self._place(Path(self.data_folder_out) / name, payload)

    def _get(self, queue: str) -> dict:
        """The oldest message of the queue. Raises Empty."""
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = self.aside / name
            try:
                os.rename(Path(self.data_folder_in) / name, taken)
            except FileNotFoundError:  # another worker was quicker
                continue
            content = taken.read_bytes()
            taken.unlink()
            try:
                return loads(content)
            except ValueError:  # written by an older version that was killed over it
                logger.error("a message that cannot be read is thrown away: %s", name)
        raise Empty

    def get_table(self, exchange: str) -> Bindings:
        try:
            content = self._exchange_file(exchange).read_bytes()
        except FileNotFoundError:
            return []
        try:
            return [filesystem.exchange_queue_t(*row) for row in loads(content)]
        except ValueError:
            logger.error("the bindings of %s cannot be read and are made anew", exchange)
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        binding = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._rewrite(exchange, lambda table: table if binding in table else [binding, *table])

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args, **options) -> None:
        virtual.Channel._delete(self, queue, exchange, routing_key, pattern, *args, **options)
        binding = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._rewrite(exchange, lambda table: [each for each in table if each != binding])

    def _rewrite(self, exchange: str, change: Callable[[Bindings], Bindings]) -> None:
        self.control_folder.mkdir(exist_ok=True)
        with self._alone():
            before = self.get_table(exchange)
            if (after := change(before)) != before:
                self._place(self._exchange_file(exchange), after)

    def _place(self, path: Path, content: object) -> None:
        written = self.aside / f"{uuid.uuid4()}.part"
        written.write_text(dumps(content), encoding="utf-8")
        os.replace(written, path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else changes bindings meanwhile; the lock falls with the process that holds it."""
        with (self.control_folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    Channel = Channel
