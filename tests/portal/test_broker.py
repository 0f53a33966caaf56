"""The embedded broker: a message is there whole or not at all, whoever is killed over it."""
from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from portal import broker

FOLDERS = {"data_folder_in": "queue", "data_folder_out": "queue", "processed_folder": "aside", "control_folder": "control"}


@pytest.fixture
def channel(tmp_path):
    for name in set(FOLDERS.values()):
        (tmp_path / name).mkdir()
    options = {option: str(tmp_path / name) for option, name in FOLDERS.items()}
    with Connection("filesystem://", transport="portal.broker:Transport", transport_options=options) as connection:
        yield connection.channel()


def files(folder: str) -> list[Path]:
    return list(Path(folder).iterdir())


def test_the_embedded_portal_uses_it(settings):
    from portal.celery import app

    if not settings.REDIS_URL:
        assert isinstance(app.connection_for_write().transport, broker.Transport)
    else:
        assert app.connection_for_write().as_uri().startswith("redis://")


def test_a_message_is_taken_once_in_order_and_leaves_nothing(channel):
    for number in (1, 2):
        channel._put("celery", {"number": number})
    channel._put("other", {"number": 3})
    assert [channel._get("celery")["number"] for _ in range(2)] == [1, 2]
    with pytest.raises(Empty):
        channel._get("celery")
    assert len(files(channel.data_folder_in)) == 1
    assert files(channel.processed_folder) == []


def test_a_message_that_is_half_there_does_not_end_the_worker(channel, caplog):
    (Path(channel.data_folder_in) / f"{0:020d}_x.celery.msg").write_bytes(b"")
    (Path(channel.data_folder_in) / f"{0:020d}_y.celery.msg").write_bytes(b'{"number":')
    channel._put("celery", {"number": 3})
    assert channel._get("celery") == {"number": 3}
    assert caplog.text.count("cannot be read") == 2
    assert files(channel.data_folder_in) == []


def test_whoever_dies_while_he_writes_leaves_no_message(channel, monkeypatch):
    def killed(source, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(broker.os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            channel._put("celery", {"number": 1})
    with pytest.raises(Empty):
        channel._get("celery")


def test_bindings_are_added_taken_away_and_made_anew(channel):
    channel._queue_bind("pidbox", "", "", "one")
    channel._queue_bind("pidbox", "", "", "two")
    channel._queue_bind("pidbox", "", "", "two")
    assert [binding.queue for binding in channel.get_table("pidbox")] == ["two", "one"]
    channel._delete("two", "pidbox", "", "")
    assert [binding.queue for binding in channel.get_table("pidbox")] == ["one"]
    channel._exchange_file("pidbox").write_bytes(b"")  # as an older version left it that was killed
    assert channel.get_table("pidbox") == []
    channel._queue_bind("pidbox", "", "", "one")
    assert [binding.queue for binding in channel.get_table("pidbox")] == ["one"]


def test_many_who_write_and_many_who_take_lose_and_double_nothing(channel):
    writers, each, takers = 4, 100, 4

    def write(writer: int) -> None:
        for number in range(each):
            channel._put("celery", {"number": writer * each + number, "weight": "x" * 20_000})

    def take() -> list[int]:
        taken, misses = [], 0
        while misses < 3 or not all(each.done() for each in writing):
            try:
                taken.append(channel._get("celery")["number"])
                misses = 0
            except Empty:
                misses += 1
        return taken

    with ThreadPoolExecutor(writers + takers) as threads:
        writing = [threads.submit(write, writer) for writer in range(writers)]
        taking = [threads.submit(take) for _ in range(takers)]
        taken = Counter(number for future in taking for number in future.result())
    assert taken == Counter(range(writers * each))
