"""Pictures of characters: which kinds there are, told by their first bytes and never by a name.
Only raster images: an SVG may hold scripts."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

LARGEST = 2_000_000
_BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


def kind_of(picture: bytes) -> str:
    """The content type of a picture; empty if it is none that is shown."""
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for head, kind in _BEGINNINGS.items() if picture.startswith(head)), "")


def check_picture(file: UploadedFile[bytes]) -> None:
    """See that an upload can be shown.

    Raises:
        ValidationError: it is too large, or no picture.
    """
    if (file.size or 0) > LARGEST:
        raise ValidationError(f"The picture is larger than {LARGEST // 1_000_000} MB: shrink it.")
    file.seek(0)
    kind = kind_of(file.read(16))
    file.seek(0)
    if not kind:
        raise ValidationError(
            "That is no picture of a kind that is shown: use PNG, JPEG, GIF or WebP."
        )
