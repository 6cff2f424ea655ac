"""The data folder: made, tried and closed to others before anything relies on it."""

import os
import shutil

from ordermgmt.stack.errors import StackError
from ordermgmt.stack.places import Places

# A new database, its write-ahead log and a year of demo orders.
NEEDED_MEGABYTES = 400


def make_data_folder(places: Places) -> None:
    """Make what is missing, and say in one line what is in the way."""
    # Root hands PostgreSQL to another account, which must be able to walk through (but not look around).
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        for folder in (places.data_dir, places.logs_dir, places.run_dir):
            folder.mkdir(parents=True, exist_ok=True)
            if folder.stat().st_uid != os.geteuid():
                raise StackError(f"The folder {folder} belongs to another user. Set DATA_DIR to another one.")
            folder.chmod(mode)
        (places.data_dir / ".writable").touch()
        (places.data_dir / ".writable").unlink()
    except OSError as error:
        raise StackError(
            f"Cannot use the data folder {places.data_dir}: {error.strerror}. Set DATA_DIR to another one."
        ) from None
    free = shutil.disk_usage(places.data_dir).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        raise StackError(
            f"The disk is nearly full: {free} MB free at {places.data_dir}, {NEEDED_MEGABYTES} MB are needed."
        )
