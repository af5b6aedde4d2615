"""A platform that only takes notes: an independent library and our adapter call it, and what they said is compared.

It runs in a thread of its own, since most libraries call and wait.
"""

from __future__ import annotations

import email
import email.policy
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from email.message import EmailMessage

LONGEST_WAIT_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def form(self) -> dict[str, Any]:
        """The fields of a form with files, each in bytes as it came."""
        return {name: part.get_payload(decode=True) for name, part in self._parts()}

    def _parts(self) -> list[tuple[str, EmailMessage]]:
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        message = email.message_from_bytes(head + self.body, policy=email.policy.HTTP)
        parts = [(str(each.get_param("name", header="content-disposition")), each) for each in message.walk()]
        return [(name, each) for name, each in parts if not each.is_multipart()]

    @property
    def files(self) -> dict[str, tuple[str, str]]:
        """How each file of a form is called, and its type."""
        parts = self._parts()
        return {name: (each.get_filename(""), each.get_content_type()) for name, each in parts if each.get_filename()}

    @property
    def said(self) -> tuple[str, str, dict[str, str], Any]:
        """What two libraries have to agree on."""
        return self.method, self.path, dict(self.query), self.json


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """How one request is answered; a picture has a type of its own.

    `resets`: the connection is cut instead. Before that, or the answer, `waits_for` has to be set.
    """

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    resets: bool = False
    waits_for: threading.Event | None = None


_Answered = Mapping[str, object] | Reaction
_Answer = _Answered | Callable[[Call], _Answered]


class Recorder:
    """`answers` says what each path is answered, one after the other, the last one for ever; else `usually`.

    What is called with the call makes the answer then.
    """

    def __init__(self, *, usually: Mapping[str, object] | None = None) -> None:
        self.calls: list[Call] = []
        self._usually = Reaction(body=json.dumps(usually or {}).encode())
        self._answers: dict[str, list[_Answer]] = {}
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                recorder.take(self)

            do_GET = do_PUT = do_POST  # noqa: N815 - http.server wants these names

            def log_message(self, *_: object) -> None:
                """Keep silent: the calls are the record."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def closes(self) -> None:
        """Let go of the port, where nobody is going to call."""
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answers(self, path: str, *answers: _Answer) -> None:
        """From now on this path is answered so."""
        self._answers[path] = list(answers)

    def usual(self, path: str) -> _Answer:
        """How this path is answered in the end."""
        return self._answers.get(path, [self._usually])[-1]

    def to(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    def take(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length") or 0)
        parts = urlsplit(request.path)
        call = Call(
            method=request.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.rfile.read(length),
        )
        self.calls.append(call)
        waiting = self._answers.get(call.path, [])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0] if waiting else self._usually
        reaction = _reaction(answer(call) if callable(answer) else answer)
        if reaction.waits_for is not None:
            reaction.waits_for.wait(timeout=LONGEST_WAIT_SECONDS)
        if reaction.resets:
            request.close_connection = True
            request.connection.close()
            return
        request.send_response(reaction.status)
        request.send_header("Content-Type", reaction.content_type)
        request.send_header("Content-Length", str(len(reaction.body)))
        request.end_headers()
        request.wfile.write(reaction.body)


def _reaction(answer: _Answered) -> Reaction:
    return answer if isinstance(answer, Reaction) else Reaction(body=json.dumps(answer).encode())
