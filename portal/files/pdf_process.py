"""Opens one PDF in a process of its own, with little memory and time; run by portal/files/opening.py, never imported.

Reads a PDF from its input. Writes one JSON object: `embedded`, every file inside it (name, content in base64), and `clear`,
the same PDF without encryption and without packed objects, in base64, where it was encrypted with an empty password. What
goes wrong is told by the exit code: 3 a password is needed, 4 too much inside, anything else broken.
"""
import base64
import io
import json
import resource
import sys

import pikepdf

MEMORY, SECONDS = 1024**3, 20
FILES, EACH = 10, 2 * 1024**2  # embedded files, and bytes of one
PASSWORD_NEEDED, TOO_MUCH = 3, 4


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as document:
            embedded = embedded_in(document)
            if embedded is None:
                return TOO_MUCH
            clear = cleared(document) if document.is_encrypted else b""
    except pikepdf.PasswordError:
        return PASSWORD_NEEDED
    json.dump({"embedded": embedded, "clear": base64.b64encode(clear).decode()}, sys.stdout)
    return 0


def embedded_in(document: pikepdf.Pdf) -> list[dict] | None:
    """Every embedded file, named by whatever names it, whether or not a list of the document leads to it."""
    names: dict[tuple[int, int], str] = {}
    streams: dict[tuple[int, int], pikepdf.Stream] = {}
    for each in document.objects:
        if isinstance(each, pikepdf.Stream) and each.get("/Type") == "/EmbeddedFile":
            streams[each.objgen] = each
        for holder in holders(each):
            name = str(holder.get("/UF", holder.get("/F", "")))
            for stream in holder["/EF"].values():
                streams[stream.objgen] = stream
                names[stream.objgen] = name
    if len(streams) > FILES:
        return None
    found = []
    for key, stream in streams.items():
        content = stream.read_bytes()
        if len(content) > EACH:
            return None
        found.append({"name": names.get(key, ""), "content": base64.b64encode(content).decode()})
    return found


def holders(each):
    """The object itself and the dictionaries written into it that hold embedded files."""
    waiting, depth = [each], 0
    while waiting and depth < 10_000:
        one, depth = waiting.pop(), depth + 1
        if isinstance(one, pikepdf.Dictionary):
            if isinstance(one.get("/EF"), pikepdf.Dictionary):
                yield one
            waiting += [value for value in one.values() if is_direct(value)]
        elif isinstance(one, pikepdf.Array):
            waiting += [value for value in one if is_direct(value)]


def is_direct(value) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def cleared(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(
        out, encryption=False, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
    )
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
