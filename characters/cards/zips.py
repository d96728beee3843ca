"""Zip files: CHARX (a card with its pictures), and many cards in one. Opened with suspicion: what
the directory says is not believed, and no name in it is ever used as a path."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from characters.cards.errors import CardRefused

MOST_FILES = 500
LARGEST_DIRECTORY = 1_000_000
MOST_TIMES = 200  # a file that is so many times as large unpacked is a bomb
_END, _END64 = b"PK\x05\x06", b"PK\x06\x07"
# Everything is dated alike, so that the same card always makes the same file.
_DATED = (2020, 1, 1, 0, 0, 0)


def is_zip(raw: bytes) -> bool:
    """Whether these bytes are a zip file, be it behind a picture."""
    return raw.startswith(b"PK\x03\x04") or (
        raw.startswith((b"\xff\xd8\xff", b"MZ")) and _END in raw[-65_557:]
    )


class Archive:
    """A zip file whose names and sizes have been looked at."""

    def __init__(self, raw: bytes, *, largest: int) -> None:
        """`largest` is how many bytes all of it may unpack to.

        Raises:
            CardRefused: it is damaged, or made to do harm.
        """
        _check_directory(raw)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError):
            raise CardRefused("the zip file can't be read: get the whole file.") from None
        self._left = largest
        self._largest = largest
        self._files: dict[str, zipfile.ZipInfo] = {}
        members = self._zip.infolist()
        if len(members) > MOST_FILES:
            raise CardRefused(f"the zip file holds more than {MOST_FILES} files: split it.")
        for member in members:
            if member.is_dir():
                continue
            _check_member(member)
            if member.filename in self._files:
                raise CardRefused(f"'{member.filename}' stands twice in the zip file: remove one.")
            self._files[member.filename] = member
        declared = sum(one.file_size for one in self._files.values())
        if declared > largest:
            raise CardRefused(
                f"the zip file unpacks to {declared:,} bytes; {largest:,} are allowed."
            )

    def names(self) -> Iterator[str]:
        """The names of its files."""
        return iter(self._files)

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def read(self, name: str, largest: int) -> bytes:
        """One file, of `largest` bytes at most.

        Raises:
            CardRefused: it is damaged or too large.
        """
        member = self._files[name]
        limit = min(largest, self._left)
        try:
            with self._zip.open(member) as file:
                data = file.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
            raise CardRefused(
                f"'{name}' in the zip file is damaged (its checksum or packing is wrong): get the "
                "file again."
            ) from None
        if len(data) > limit:
            raise CardRefused(
                f"'{name}' in the zip file unpacks to more than {limit:,} bytes: it is refused."
            )
        self._left -= len(data)
        return data


def _check_directory(raw: bytes) -> None:
    """The directory is read whole, whatever it claims to hold: so it must be small."""
    at = raw.rfind(_END, max(0, len(raw) - 65_557))
    if at < 0 or at + 22 > len(raw):
        raise CardRefused("the zip file ends before its directory: get the whole file.")
    if raw[max(0, at - 20) : at].startswith(_END64):
        raise CardRefused("the zip file is of the kind for huge ones (ZIP64): pack it anew.")
    number, size = struct.unpack_from("<HI", raw, at + 10)
    if number > MOST_FILES * 2 or size > LARGEST_DIRECTORY:
        raise CardRefused(f"the zip file holds more than {MOST_FILES} files: split it.")


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    raw_name = member.orig_filename
    parts = name.split("/")
    if (
        name.startswith("/")
        or "\\" in raw_name
        or "\0" in raw_name
        or ":" in parts[0]
        or ".." in parts
    ):
        raise CardRefused(
            f"'{raw_name[:80]!r}' in the zip file points outside of it: it is refused."
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise CardRefused(f"'{name}' in the zip file is a link: pack the file itself.")
    if member.flag_bits & 1:
        raise CardRefused(f"'{name}' in the zip file is encrypted: pack it without a password.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise CardRefused(f"'{name}' is packed in a way that isn't known: use plain zip (deflate).")
    if member.file_size > MOST_TIMES * max(member.compress_size, 100):
        raise CardRefused(
            f"'{name}' in the zip file is {member.file_size:,} bytes packed into "
            f"{member.compress_size:,}: it is refused as a decompression bomb."
        )


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip file of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, _DATED), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
