"""The constructions of sealing: what was sealed opens in its place and with its key, and nothing else does."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.bids import sealing
from procurement.bids.sealing import CHUNK, TAG, KeyPair, Sealer, Unopenable

PIECE = CHUNK + TAG


def sealed(*pieces: bytes) -> tuple[bytes, Sealer]:
    sink = BytesIO()
    sealer = Sealer(sink)
    for piece in pieces:
        sealer.write(piece)
    sealer.close()
    return sink.getvalue(), sealer


def read(data: bytes, key: bytes) -> bytes:
    return sealing.open_sealed(BytesIO(data), key).read()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=3 * 1024), max_size=60))
def test_what_is_written_in_any_pieces_is_read_again(pieces):
    data, sealer = sealed(*pieces)
    assert read(data, sealer.key) == b"".join(pieces)
    assert sealer.size == len(b"".join(pieces))


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_lengths_at_the_edges_of_a_chunk(length):
    plain = bytes(i % 251 for i in range(length))
    data, sealer = sealed(plain)
    assert read(data, sealer.key) == plain
    assert sealing.digest_of(BytesIO(data)) == sealer.digest
    sealer.test(BytesIO(data))


def test_it_can_be_read_from_any_place():
    plain = bytes(i % 251 for i in range(3 * CHUNK + 100))
    data, sealer = sealed(plain)
    clear = sealing.open_sealed(BytesIO(data), sealer.key)
    for place in (0, CHUNK - 3, 2 * CHUNK, len(plain) - 5):
        clear.seek(place)
        assert clear.read(10) == plain[place : place + 10]
    assert clear.seek(-4, 2) == len(plain) - 4
    assert clear.read() == plain[-4:]


def three_chunks() -> tuple[bytes, bytes]:
    data, sealer = sealed(b"a" * CHUNK, b"b" * CHUNK, b"c" * CHUNK)
    return data, sealer.key


@pytest.mark.parametrize("harm", [
    lambda d: d[:PIECE] + d[PIECE + 1 :],                         # one byte missing
    lambda d: d[:100] + bytes([d[100] ^ 1]) + d[101:],            # one bit turned
    lambda d: d[: 2 * PIECE],                                     # the last chunk cut off
    lambda d: d[PIECE:],                                          # the first chunk cut off
    lambda d: d[PIECE : 2 * PIECE] + d[:PIECE] + d[2 * PIECE :],  # two chunks changed over
    lambda d: d + d[2 * PIECE :],                                 # the last chunk doubled
    lambda d: d[:-1],
    lambda d: b"",
], ids=["missing", "turned", "cut-last", "cut-first", "swapped", "doubled", "short", "gone"])
def test_harmed_bytes_do_not_open(harm):
    data, key = three_chunks()
    with pytest.raises(Unopenable):
        read(harm(data), key)


def test_another_key_does_not_open():
    data, _key = three_chunks()
    with pytest.raises(Unopenable):
        read(data, three_chunks()[1])


def test_the_test_decryption_finds_bytes_that_are_not_those_that_came_in():
    first, sealer = sealed(b"the bid")
    sealer.test(BytesIO(first))
    with pytest.raises(Unopenable):
        sealer.test(BytesIO(first[:-1]))
    # well sealed, but something else: the comparison, not the decryption, finds it
    other = BytesIO()
    twin = Sealer(other)
    twin.key, twin._cipher = sealer.key, sealer._cipher
    twin.write(b"another bid")
    twin.close()
    with pytest.raises(Unopenable):
        sealer.test(other)


def test_the_clear_text_stands_nowhere_in_the_sealed_one_and_padding_hides_the_length():
    data, _sealer = sealed(b"3680000.00" * 100)
    assert b"3680000" not in data
    short, long = (len(sealed(sealing.padded(text, 4096))[0]) for text in (b"1", b"999999999.99"))
    assert short == long


# --- wrapping ----------------------------------------------------------------------------------------------------
def test_a_wrapped_key_opens_with_its_private_key_in_its_place_only():
    pair, other = KeyPair.fresh(), KeyPair.fresh()
    wrapped = sealing.wrap(b"k" * 32, pair.public, "tender:1/bid:2")
    assert sealing.unwrap(wrapped, pair.private, "tender:1/bid:2") == b"k" * 32
    for private, place in ((other.private, "tender:1/bid:2"), (pair.private, "tender:1/bid:3")):
        with pytest.raises(Unopenable):
            sealing.unwrap(wrapped, private, place)
    with pytest.raises(Unopenable):
        sealing.unwrap(wrapped[:20], pair.private, "tender:1/bid:2")


def test_a_locked_key_opens_with_its_passphrase_in_its_place_only():
    locked = sealing.lock("correct horse battery", "opener:1")
    private = sealing.unlock(locked, "correct horse battery", "opener:1")
    assert sealing.unwrap(sealing.wrap(b"known text", locked.public, "x"), private, "x") == b"known text"
    assert b"correct" not in locked.private + locked.salt
    for passphrase, place in (("correct horse batterz", "opener:1"), ("correct horse battery", "opener:2")):
        with pytest.raises(Unopenable):
            sealing.unlock(locked, passphrase, place)


# --- two openers -------------------------------------------------------------------------------------------------
@pytest.fixture
def openers() -> dict[int, KeyPair]:
    return {number: KeyPair.fresh() for number in (1, 2, 3)}


def test_openers_who_type_at_the_same_moment_are_all_let_in(monkeypatch):
    """OpenSSL lends the threads of the four lanes to one derivation at a time."""
    monkeypatch.setitem(sealing._PASSPHRASE_COST, "lanes", 4)
    monkeypatch.setitem(sealing._PASSPHRASE_COST, "memory_cost", 4096)
    locked = sealing.lock("a long passphrase", "here")
    with ThreadPoolExecutor(4) as openers:
        opened = list(openers.map(lambda _turn: sealing.unlock(locked, "a long passphrase", "here"), range(24)))
    assert len(opened) == 24
    assert len(set(opened)) == 1


def test_any_two_openers_in_any_order_get_the_key_and_one_alone_does_not(openers):
    tender = KeyPair.fresh()
    layers = sealing.nest(tender.private, {n: pair.public for n, pair in openers.items()}, "t")
    assert set(layers) == {(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)}
    for (first, second), nested in layers.items():
        inner = sealing.take_off_outer(nested, openers[first].private, "t", first, second)
        assert tender.private not in inner
        assert sealing.take_off_inner(inner, openers[second].private, "t", second) == tender.private
        for place in (first, second):  # one alone, wherever he tries
            with pytest.raises(Unopenable):
                sealing.take_off_inner(inner, openers[first].private, "t", place)
        with pytest.raises(Unopenable):
            sealing.take_off_outer(nested, openers[second].private, "t", first, second)


def test_a_layer_of_another_tender_or_pair_does_not_open(openers):
    layers = sealing.nest(KeyPair.fresh().private, {n: pair.public for n, pair in openers.items()}, "t")
    for context, first, second in (("u", 1, 2), ("t", 1, 3), ("t", 2, 1)):
        with pytest.raises(Unopenable):
            sealing.take_off_outer(layers[1, 2], openers[1].private, context, first, second)


def test_an_outer_layer_is_handed_on_without_the_key_being_seen(openers):
    tender, newcomer = KeyPair.fresh(), KeyPair.fresh()
    layers = sealing.nest(tender.private, {1: openers[1].public, 2: openers[2].public}, "t")
    inner = sealing.take_off_outer(layers[1, 2], openers[1].private, "t", 1, 2)
    given = sealing.put_on_outer(inner, newcomer.public, "t", 9, 2)
    again = sealing.take_off_outer(given, newcomer.private, "t", 9, 2)
    assert sealing.take_off_inner(again, openers[2].private, "t", 2) == tender.private
    with pytest.raises(Unopenable):
        sealing.take_off_outer(given, openers[1].private, "t", 9, 2)
