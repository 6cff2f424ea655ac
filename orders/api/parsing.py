"""Reading request bodies: JSON that the database and every later reader can hold."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.http.request import UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils import json as strict_json

from orders.problems import Problem

LARGEST_BODY = 1_000_000  # bytes; an order of 500 lines has about 50,000
# An odd number of backslashes before u0000: the escape itself, not a text about it.
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class StrictJSONParser(JSONParser):
    """JSON without what crashes later: too large, too deep, NaN, NUL characters, halves of surrogate pairs."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The parsed body; 400 `malformed_json` or 413 `body_too_large`."""
        try:
            body = stream.read(LARGEST_BODY + 1)
        except UnreadablePostError as error:
            raise ParseError("The body ended too early.") from error
        if len(body) > LARGEST_BODY:
            raise Problem(413, "body_too_large", f"A body may have {LARGEST_BODY:,} bytes.")
        try:
            data = strict_json.loads(body.decode(), parse_constant=strict_json.strict_constant)
            # Only an escape can bring what the database cannot keep.
            text = canonical(data) if b"\\" in body else ""
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        except ValueError as error:  # also what decoding and encoding raise
            raise ParseError(f"The body cannot be read: {error}") from error
        if NUL.search(text):
            raise ParseError("The body has a NUL character.")
        return data


def canonical(data: Any) -> str:
    """The same text for the same JSON, however its names were ordered; ValueError for what UTF-8 cannot write."""
    try:
        return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError:  # a whole number of more than 64 bits, or what cannot be written at all
        text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        text.encode()
        return text
