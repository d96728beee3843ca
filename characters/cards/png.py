"""The chunks of a PNG: read strictly, and written. A picture is never decoded here.

A card stands in tEXt chunks, as base64 of its JSON: `ccv3` for V3 and `chara` for V2.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator, Mapping

from characters.cards.errors import CardRefused

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORDS = ("ccv3", "chara")  # the first of them that is there is the card
MOST_CHUNKS = 20_000
LARGEST_TEXT = 6_000_000  # of a card's base64
MOST_PIXELS = 50_000_000
# What a picture is drawn from. The rest says something about it, or is somebody's own.
_DRAWN = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"iCCP", b"pHYs",
    b"bKGD", b"sBIT", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip

Chunk = tuple[bytes, bytes]


def is_png(raw: bytes) -> bool:
    """Whether these bytes begin as a PNG does."""
    return raw.startswith(SIGNATURE)


def chunks(raw: bytes) -> Iterator[Chunk]:
    """The chunks of a PNG: type and data.

    Raises:
        CardRefused: the bytes are no whole PNG.
    """
    at, number = len(SIGNATURE), 0
    while True:
        number += 1
        if number > MOST_CHUNKS:
            raise CardRefused(f"the PNG has more than {MOST_CHUNKS:,} chunks: save it again.")
        if at + 12 > len(raw):
            raise CardRefused("the PNG ends in the middle of a chunk: get the whole file.")
        length, kind = struct.unpack_from(">I4s", raw, at)
        name = kind.decode("latin-1")
        if not (name.isascii() and name.isalpha()):
            raise CardRefused(f"chunk {number} of the PNG has no valid name: get the whole file.")
        if at + 12 + length > len(raw):
            raise CardRefused(
                f"chunk {number} ({name}) says that it is {length:,} bytes long, which is more "
                "than there are: get the whole file."
            )
        data = raw[at + 8 : at + 8 + length]
        (crc,) = struct.unpack_from(">I", raw, at + 8 + length)
        if zlib.crc32(kind + data) != crc:
            raise CardRefused(
                f"chunk {number} ({name}) has a wrong checksum (CRC): the file is damaged or was "
                "tampered with; get it again."
            )
        if number == 1:
            _check_header(kind, data)
        yield kind, data
        if kind == b"IEND":
            return
        at += 12 + length


def _check_header(kind: bytes, data: bytes) -> None:
    if kind != b"IHDR" or len(data) != 13:
        raise CardRefused("the PNG doesn't begin with its header (IHDR): save it again.")
    width, height = struct.unpack_from(">II", data)
    if not width or not height or width * height > MOST_PIXELS:
        raise CardRefused(
            f"the picture is {width:,} × {height:,} pixels; {MOST_PIXELS:,} pixels are allowed: "
            "shrink it."
        )


def card_texts(raw: bytes) -> dict[str, bytes]:
    """The JSON texts that stand in a PNG, by keyword.

    Raises:
        CardRefused: it is no whole PNG, one stands twice, or can't be decoded.
    """
    found: dict[str, bytes] = {}
    for kind, data in chunks(raw):
        if kind not in (b"tEXt", b"zTXt", b"iTXt"):
            continue
        raw_keyword, separator, text = data.partition(b"\0")
        keyword = raw_keyword.decode("latin-1").lower()
        if keyword not in KEYWORDS or not separator:
            continue
        if keyword in found:
            raise CardRefused(f"the chunk '{keyword}' stands twice: only one can be the card.")
        if len(text) > LARGEST_TEXT:
            raise CardRefused(
                f"the chunk '{keyword}' is {len(text):,} bytes long; {LARGEST_TEXT:,} are allowed."
            )
        found[keyword] = _decoded(keyword, _plain(keyword, kind, text))
    return found


def _plain(keyword: str, kind: bytes, text: bytes) -> bytes:
    """The base64 of a chunk, unpacked no further than is allowed."""
    is_packed = kind == b"zTXt"
    if kind == b"zTXt":
        text = text[1:]
    if kind == b"iTXt":
        is_packed = text[:1] == b"\1"
        parts = text[2:].split(b"\0", 2)
        text = parts[2] if len(parts) == 3 else b""
    if not is_packed:
        return text
    try:
        unpacker = zlib.decompressobj()
        unpacked = unpacker.decompress(text, LARGEST_TEXT + 1)
    except zlib.error:
        raise CardRefused(f"the chunk '{keyword}' can't be unpacked: get the file again.") from None
    if len(unpacked) > LARGEST_TEXT:
        raise CardRefused(
            f"the chunk '{keyword}' unpacks to more than {LARGEST_TEXT:,} bytes: it is refused as "
            "a decompression bomb."
        )
    return unpacked


def _decoded(keyword: str, text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise CardRefused(f"the chunk '{keyword}' is no base64: export the card again.") from None


def without_texts(raw: bytes) -> bytes:
    """The picture alone: only what it is drawn from."""
    return _joined((kind, data) for kind, data in chunks(raw) if kind in _DRAWN)


def with_texts(raw: bytes, texts: Mapping[str, bytes]) -> bytes:
    """A PNG that carries these texts, by keyword, in place of those it carried."""

    def woven() -> Iterator[Chunk]:
        for kind, data in chunks(raw):
            keyword = data.partition(b"\0")[0].decode("latin-1").lower()
            if kind in (b"tEXt", b"zTXt", b"iTXt") and keyword in KEYWORDS:
                continue
            if kind == b"IEND":
                for name, text in texts.items():
                    yield b"tEXt", name.encode("latin-1") + b"\0" + base64.b64encode(text)
            yield kind, data

    return _joined(woven())


SIDE = 400  # of a plain picture


def blank(side: int = SIDE) -> bytes:
    """A plain picture, for a character that has none of this kind."""
    header, rows = _plainly(side)
    return _joined([(b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")])


def is_blank(picture: bytes) -> bool:
    """Whether it is the plain picture, however it was packed: nobody's face."""
    header, rows = _plainly(SIDE)
    if not is_png(picture):
        return False
    found = list(chunks(picture))
    packed = b"".join(data for kind, data in found if kind == b"IDAT")
    if (b"IHDR", header) not in found or len(packed) > len(rows):
        return False
    try:
        return zlib.decompressobj().decompress(packed, len(rows) + 1) == rows
    except zlib.error:
        return False


def _plainly(side: int) -> tuple[bytes, bytes]:
    rows = (b"\0" + b"\x2e\x4a\x5e" * side) * side
    return struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0), rows


def _joined(parts: Iterator[Chunk] | list[Chunk]) -> bytes:
    written = [SIGNATURE]
    for kind, data in parts:
        written.append(struct.pack(">I", len(data)) + kind + data)
        written.append(struct.pack(">I", zlib.crc32(kind + data)))
    return b"".join(written)
