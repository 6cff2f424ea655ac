"""What a stack says when it cannot go on: one clear line each, meant for the person at the terminal."""


class StackError(Exception):
    """The text is the whole message; nobody needs the traceback."""


class PartDied(StackError):
    """A program ended that should not have; carries the end of its log."""

    def __init__(self, *, name: str, code: int | None, last_lines: str) -> None:
        ended = "" if code is None else f" (exit code {code})"
        super().__init__(f"The {name} stopped by itself{ended}. Its last log lines:\n{last_lines}")
        self.name = name
