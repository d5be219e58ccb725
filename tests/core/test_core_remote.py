"""Which troubles of a transfer pass, and how they are told."""

import ssl
from http.client import IncompleteRead, RemoteDisconnected
from urllib.error import HTTPError, URLError

import pytest

from core.remote import ask, passing, told
from local_server import serving


@pytest.mark.parametrize(
    ("error", "at_first", "later"),
    [
        (TimeoutError("timed out"), True, True),
        (ConnectionResetError("reset"), True, True),
        (RemoteDisconnected("closed"), True, True),
        (IncompleteRead(b"", 3), True, True),
        (URLError("Name or service not known"), False, True),
        (URLError(ssl.SSLCertVerificationError("self-signed")), False, True),
        (HTTPError("u", 404, "Not Found", None, None), False, False),
        (HTTPError("u", 503, "Unavailable", None, None), True, True),
    ],
)
def test_what_another_try_may_mend(error, at_first, later):
    assert passing(error, connected=False) is at_first
    assert passing(error, connected=True) is later
    assert told(error)


@pytest.mark.parametrize(
    ("asked", "answered"), [(0, (0, 5)), (2, (2, 5)), (5, (5, 5)), (9, (5, 5))]
)
def test_an_answer_says_where_it_starts_and_how_much_there_is(monkeypatch, asked, answered):
    monkeypatch.setenv("no_proxy", "*")
    with serving(b"abcde") as site, ask(site.url, asked, '"1"') as answer:
        assert (answer.start, answer.total) == answered
        assert b"".join(answer.blocks) == b"abcde"[asked:]
