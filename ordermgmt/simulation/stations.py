"""The stations as the browsers of the shop's people reach them: signed in, with a cookie and the page's token."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from ordermgmt.simulation.desk import ANSWER_SECONDS, Desk

SIGN_IN, SESSION = "/login/", "sessionid"
SIGNED_OUT = 401


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in."""

    username: str
    password: str = field(repr=False)


@dataclass
class Station:
    """A browser of one person. `tally` counts what was asked, and what became of the scans; for one thread.

    `misjudged` are scans that should have been refused and were not, or counted twice: there must be none.
    """

    desk: Desk
    url: str
    person: Person
    tally: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Nobody is signed in yet."""
        self._http = httpx.Client(base_url=self.url, timeout=ANSWER_SECONDS)

    def tell(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """JSON as a page's script sends it; the answer, a refusal too."""
        return self._asked(lambda: self._http.post(path, json=body, headers=self._token()))

    def page(self, path: str) -> str:
        """The page at this address; empty where it leads elsewhere."""
        answer = self._asked(partial(self._http.get, path))
        return answer.text if answer.is_success else ""

    def submit(self, path: str, fields: Mapping[str, str | list[str]]) -> bool:
        """A page's form. Whether it was taken: a refusal shows the form again."""
        return self._asked(lambda: self._http.post(path, data=fields, headers=self._token())).is_redirect

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _asked(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        self.tally["calls"] += 1
        if SESSION not in self._http.cookies:
            self._sign_in()
        answer = self.desk.ask(send)
        if answer.status_code == SIGNED_OUT or answer.headers.get("Location", "").startswith(SIGN_IN):
            self._sign_in()
            answer = self.desk.ask(send)
        return answer

    def _sign_in(self) -> None:
        self.desk.ask(partial(self._http.get, SIGN_IN))
        who = {"username": self.person.username, "password": self.person.password}
        self.desk.ask(lambda: self._http.post(SIGN_IN, data=who, headers=self._token()))

    def _token(self) -> dict[str, str]:
        return {"X-CSRFToken": self._http.cookies.get("csrftoken") or ""}
