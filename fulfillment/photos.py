"""Photos of customers and of the shop's people: checked, stripped of all but the picture, and kept below MEDIA_ROOT.

They are drawn anew as JPEG, so neither hidden data (where a phone was) nor a file that is something else too is kept.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from fulfillment.errors import BadPhoto
from inventory import clock

MOST_BYTES, MOST_PIXELS, LONGEST_SIDE = 10 * 1024 * 1024, 60_000_000, 1600
FORMATS = ("JPEG", "PNG", "WEBP")


@contextmanager
def photo_kept(upload: Any, *, folder: str) -> Iterator[str]:
    """The path of a photo that is kept only if the block comes through; empty without one. Raises BadPhoto.

    So no file is left of what was refused, which nobody could find when its person is erased.
    """
    path = keep_photo(upload, folder=folder) if upload else ""
    try:
        yield path
    except BaseException:
        forget_photo(path)
        raise


def forget_photo(path: str) -> None:
    """Take the file away; nothing for no path."""
    if path:
        default_storage.delete(path)


def keep_photo(upload: Any, *, folder: str) -> str:
    """Keep an uploaded file that is a photo; returns its path below MEDIA_ROOT. Raises BadPhoto."""
    if not upload.size or upload.size > MOST_BYTES:
        raise BadPhoto(_("A photo has up to 10 MB"))
    image, rest = import_module("PIL.Image"), import_module("PIL.ImageOps")  # large, and seldom needed
    try:
        picture = image.open(upload, formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise BadPhoto(_("This photo has too many pixels"))
        picture = rest.exif_transpose(picture).convert("RGB")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except (OSError, SyntaxError, ValueError, image.DecompressionBombError) as error:
        raise BadPhoto(_("This is no photo that we can read: send a JPEG, PNG or WebP")) from error
    drawn = BytesIO()
    picture.save(drawn, "JPEG", quality=82)
    return default_storage.save(f"{folder}/{clock.now():%Y/%m}/{uuid4().hex}.jpg", ContentFile(drawn.getvalue()))
