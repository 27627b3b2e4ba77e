"""The text of a PDF that the shop drew, line by line, as a program that reads PDFs finds it."""

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.S)
LENGTH = re.compile(rb"/Length (\d+)\b")
TEXT = rb"\(((?:[^\\()]|\\.)*)\) Tj"
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|" + TEXT + rb"|(?<![^\s])([qQ])(?=\s)", re.S)
HEX = rb"<([0-9A-Fa-f]+)>"


def text_of(pdf: bytes) -> str:
    """Every piece of text, in the order it was drawn, one a line."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    letters = _letters(objects)
    found: list[str] = []
    for body in objects.values():
        if b"/Length1" in body or (stream := _stream(body)) is None or b" Tj" not in stream:
            continue
        font, saved = "", []
        for named, shown, kept in SHOWN.findall(stream):
            if named:
                font = named.decode()
            elif kept == b"q":
                saved.append(font)
            elif kept == b"Q":
                font = saved.pop()
            elif shown:
                found.append(_decoded(_unescaped(shown), letters[font]))
    return "\n".join(found)


def _stream(body: bytes) -> bytes | None:
    """What stands after `stream`, as long as it says: any byte may be its last."""
    entries, begins, rest = body.partition(b"stream\n")
    if not begins:
        return None
    length = LENGTH.search(entries)
    assert length is not None
    content = rest[: int(length[1])]
    return zlib.decompress(content) if b"FlateDecode" in entries else content


def _letters(objects: dict[int, bytes]) -> dict[str, dict[int, str]]:
    """By font: which letter a code stands for, as its ToUnicode map says."""
    made = {}
    names = re.findall(rb"/(F\d+) (\d+) 0 R", b"".join(objects.values()))
    for name, number in names:
        to_unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
        assert to_unicode is not None
        table = _stream(objects[int(to_unicode[1])])
        assert table is not None
        made[name.decode()] = {
            int(code, 16): bytes.fromhex(letter.decode()).decode("utf-16-be")
            for code, letter in re.findall(HEX + rb"\s+" + HEX + rb"\s*\n", table)
        }
    return made


def _unescaped(shown: bytes) -> bytes:
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return re.sub(rb"\\(.)", lambda found: plain.get(found[1], found[1]), shown, flags=re.S)


def _decoded(shown: bytes, letters: dict[int, str]) -> str:
    codes = [int.from_bytes(shown[i : i + 2]) for i in range(0, len(shown), 2)]
    return "".join(letters[code] for code in codes)
