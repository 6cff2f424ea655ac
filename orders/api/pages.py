"""Cursor pages: stable while rows come and go, and as cheap on the last page as on the first."""

import re
from typing import ClassVar

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from orders.problems import Problem


class Pages(CursorPagination):
    """A page by one unique column. The query serializer has checked `page_size` before."""

    page_size = 100
    max_page_size = 500
    page_size_query_param = "page_size"
    # What a position in `ordering`'s column looks like; anything else was not made by us.
    position: ClassVar[re.Pattern[str]]

    def decode_cursor(self, request: Request) -> Cursor | None:
        """DRF's, without its crash on a forged position; 400 `invalid_cursor`."""
        refusal = Problem(400, "invalid_cursor", "Take cursors from `next` or `previous` as they are.")
        try:
            cursor = super().decode_cursor(request)
        except NotFound as error:
            raise refusal from error
        if cursor and cursor.position is not None and not self.position.fullmatch(str(cursor.position)):
            raise refusal
        return cursor


class ProductPages(Pages):
    """By SKU."""

    ordering = "sku"
    position = re.compile(r"[^\0]{1,64}")


class OrderPages(Pages):
    """Newest first."""

    ordering = "-number"
    position = re.compile(r"\d{1,18}", re.ASCII)
