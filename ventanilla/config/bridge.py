"""From ASGI to Django: a small WSGI server inside the event loop.

The whole request body is taken in first (memory, beyond a threshold a file on disk), so a slow sender never holds a
thread. Then one thread runs the view. A plain answer comes back in one piece; a file is read piece by piece, a thread
being held only for each read; other streams hold their thread and wait for the receiver.

Some threads are kept for reading: whatever holds up those who write (another process has the database, a slow provider),
lists and threads of messages still open.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import IO, Any, Protocol
from urllib.parse import unquote_to_bytes

import structlog
from django.conf import settings
from django.utils import translation

from ventanilla.api.errors import refusal_reply
from ventanilla.config.middleware import language_of
from ventanilla.kit import limit_values
from ventanilla.kit.errors import Broken, Interrupted, Refusal, TimedOut, TooLarge
from ventanilla.kit.statements import BRISK_SECONDS
from ventanilla.realtime.proxies import find_caller
from ventanilla.realtime.threads import Overloaded, ThreadPool

log = structlog.get_logger("web")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]

_SPOOL_BYTES = 256 * 1024  # larger bodies wait on disk
_FILE_PIECE_BYTES = 256 * 1024
_BODY_PAUSE_SECONDS = 60.0  # a sender silent for longer is given up
# One that is not silent may take its time, but not for ever: a phone at the edge of the net sends ten times as much.
_SLOWEST_BYTES_PER_SECOND = 512
_SLOW_AFTER_SECONDS = 60.0
# Header names with underscores are dropped, because "X_Forwarded_For" would pass for the real one. This one is the
# contract's own.
_UNDERSCORED = frozenset({b"api_access_token"})
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_KEPT_FOR_READING = 4  # of the threads one in four
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_FORWARDED = frozenset(
    {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port", b"forwarded"}
)


class WsgiApplication(Protocol):
    """Django's WSGI handler, or any other application of that kind."""

    def __call__(self, environ: Environ, start_response: Callable[..., Any], /) -> Iterable[bytes]: ...


class FileBody:
    """A response that is an open file. Django asks for this under the name wsgi.file_wrapper."""

    def __init__(self, file: IO[bytes], block_size: int = _FILE_PIECE_BYTES) -> None:
        self.file = file

    def __iter__(self) -> FileBody:
        return self

    def __next__(self) -> bytes:
        piece = self.file.read(_FILE_PIECE_BYTES)
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        self.file.close()


class _Answer:
    """What the view said: status and headers, and either the whole body or what is still to be streamed."""

    __slots__ = ("body", "headers", "status", "stream")

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.stream: Iterable[bytes] | None = None

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> Callable[[bytes], None]:
        """WSGI's start_response."""
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self._write

    def _write(self, data: bytes) -> None:
        self.body += data


class _TooLarge(Exception):
    pass


class _Gone(Exception):
    """The client left."""


class Bridge:
    """An ASGI application that serves a WSGI one."""

    def __init__(
        self,
        application: WsgiApplication,
        *,
        threads: int | None = None,
        max_body_bytes: int | None = None,
        body_pause_seconds: float = _BODY_PAUSE_SECONDS,
    ) -> None:
        self._application = application
        size = settings.WEB_THREADS if threads is None else threads
        self._pool = ThreadPool(name="web", size=size)
        self._writers = asyncio.Semaphore(max(1, size - max(1, size // _KEPT_FOR_READING)))
        self._given_body_bytes = max_body_bytes
        self._body_pause_seconds = body_pause_seconds

    def close(self) -> None:
        """End the threads and their database connections."""
        self._pool.close()

    def _max_body_bytes(self) -> int:
        """What a body may take now."""
        given = self._given_body_bytes
        return limit_values.of("MAX_BODY_BYTES") if given is None else given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body, length = await self._take_body(scope, receive)
        except _TooLarge:
            limit_values.met("max_body_mb")
            await _refuse(scope, send, TooLarge())
            return
        except TimeoutError:
            await _refuse(scope, send, TimedOut())
            return
        except _Gone:
            return
        with body:
            try:
                answer = await self._run(_environ(scope, body, length))
            except Overloaded:
                await _refuse(scope, send, Interrupted())
                return
            except Exception:
                log.exception("web.unanswered", path=scope["path"])
                await _refuse(scope, send, Broken())
                return
            await self._give(answer, scope, receive, send)

    async def _run(self, environ: Environ) -> _Answer:
        """The view's answer. Raises Overloaded when no thread will be free in the time a person waits."""
        if environ["REQUEST_METHOD"] in _READS:
            return await self._pool.run(self._call, environ)
        if self._writers.locked():
            try:
                await asyncio.wait_for(self._writers.acquire(), BRISK_SECONDS)
            except TimeoutError:
                raise Overloaded from None
        else:
            await self._writers.acquire()  # at once
        try:
            return await self._pool.run(self._call, environ)
        finally:
            self._writers.release()

    async def _take_body(self, scope: Scope, receive: Receive) -> tuple[IO[bytes], int]:
        """The whole body, rewound, and its length. Raises _TooLarge, _Gone or TimeoutError."""
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > self._max_body_bytes():
                raise _TooLarge
        if _announces_body(scope):
            async with asyncio.timeout(self._body_pause_seconds):
                message = await receive()
        else:
            message = await receive()  # is there already
        if message["type"] == "http.disconnect":
            raise _Gone
        first: bytes = message.get("body", b"")
        if not message.get("more_body", False):
            if len(first) > self._max_body_bytes():
                raise _TooLarge
            return io.BytesIO(first), len(first)
        return await self._spool(first, receive)

    async def _spool(self, first: bytes, receive: Receive) -> tuple[IO[bytes], int]:
        body: IO[bytes] = tempfile.SpooledTemporaryFile(_SPOOL_BYTES)  # noqa: SIM115 — closed by whoever gets it
        try:
            body.write(first)
            length = len(first)
            more, began = True, time.monotonic()
            while more:
                async with asyncio.timeout(self._body_pause_seconds):
                    message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Gone
                piece: bytes = message.get("body", b"")
                length += len(piece)
                if length > self._max_body_bytes():
                    raise _TooLarge
                if _is_too_slow(length, time.monotonic() - began):
                    raise TimeoutError
                body.write(piece)
                more = message.get("more_body", False)
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return body, length

    def _call(self, environ: Environ) -> _Answer:
        """Run the view, on a thread."""
        answer = _Answer()
        result = self._application(environ, answer.start)
        if getattr(result, "streaming", False) or isinstance(result, FileBody):
            answer.stream = result
            return answer
        try:
            answer.body += b"".join(result)
        finally:
            _close(result)
        if answer.status not in _BODILESS and not any(
            name == b"content-length" for name, _ in answer.headers
        ):
            answer.headers.append((b"content-length", str(len(answer.body)).encode()))
        return answer

    async def _give(self, answer: _Answer, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if answer.stream is None:
            body = b"" if scope["method"] == "HEAD" else answer.body
            await send({"type": "http.response.body", "body": body})
        elif scope["method"] == "HEAD":
            await self._pool.run(_close, answer.stream)
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._stream(answer.stream, receive, send)

    async def _stream(self, stream: Iterable[bytes], receive: Receive, send: Send) -> None:
        """Send piece by piece, no faster than the client takes them; stop when the client has gone."""
        gone = asyncio.create_task(_until_gone(receive))
        try:
            if isinstance(stream, FileBody):
                await self._stream_file(stream, send, gone)
            else:
                await self._pool.run(_push, stream, send, asyncio.get_running_loop(), gone)
            if not gone.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            await self._pool.run(_close, stream)

    async def _stream_file(self, stream: FileBody, send: Send, gone: asyncio.Task[None]) -> None:
        while not gone.done():
            piece = await self._pool.run(next, stream, b"")
            if not piece:
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})


def _announces_body(scope: Scope) -> bool:
    return any(
        (name == b"content-length" and value != b"0") or name == b"transfer-encoding"
        for name, value in scope["headers"]
    )


def _is_too_slow(length: int, seconds: float) -> bool:
    return seconds > _SLOW_AFTER_SECONDS and length < seconds * _SLOWEST_BYTES_PER_SECOND


def _push(
    stream: Iterable[bytes], send: Send, loop: asyncio.AbstractEventLoop, gone: asyncio.Task[None]
) -> None:
    """Produce a stream on this thread, waiting for the client after each piece."""
    for piece in stream:
        if gone.done():
            return
        if piece:
            message: Message = {"type": "http.response.body", "body": piece, "more_body": True}
            asyncio.run_coroutine_threadsafe(_awaited(send(message)), loop).result()


async def _awaited(awaitable: Awaitable[None]) -> None:
    await awaitable


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _close(result: object) -> None:
    """Tell Django that the answer is over: it closes files and gives the database connection a look."""
    close = getattr(result, "close", None)
    if close is not None:
        close()


async def _refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    """Answer before Django is asked: in the contract's envelope, and in the caller's language."""
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept-language")
    query = scope["query_string"].decode("latin-1")
    with translation.override(language_of(query=query, accepted=accepted.decode("latin-1"))):
        reply = refusal_reply(refusal)
    headers = [(name.lower().encode(), value.encode()) for name, value in reply.headers.items()]
    headers.append((b"content-length", str(len(reply.content)).encode()))
    # The rest of a body nobody read would be taken for the next request.
    headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": reply.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.content})


def _environ(scope: Scope, body: IO[bytes], length: int) -> Environ:
    """The request as WSGI has it (PEP 3333): text is bytes in latin-1 clothing."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    peer = scope.get("client") or ("", 0)
    caller = find_caller(peer=peer[0], scheme=scope.get("scheme", "http"), headers=headers)
    server = scope.get("server") or ("localhost", 80)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": _path(scope),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "REMOTE_ADDR": caller.address,
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "CONTENT_LENGTH": str(length) if length else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": caller.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileBody,
    }
    for name, value in headers:
        _add_header(environ, name, value)
    return environ


def _path(scope: Scope) -> str:
    raw: bytes | None = scope.get("raw_path")
    if raw is None:
        return str(scope["path"]).encode().decode("latin-1")
    path = raw.partition(b"?")[0]
    return (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1")


def _add_header(environ: Environ, name: bytes, value: bytes) -> None:
    if (b"_" in name and name not in _UNDERSCORED) or name in _FORWARDED:
        return
    text = value.decode("latin-1")
    if name == b"content-type":
        environ["CONTENT_TYPE"] = text
    elif name not in (b"content-length", b"transfer-encoding"):  # the body's real length is already in
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        before = environ.get(key)
        if before is None:
            environ[key] = text
        elif name == b"cookie":
            environ[key] = f"{before}; {text}"
        elif key != "HTTP_API_ACCESS_TOKEN":  # both spellings may come; the first one counts
            environ[key] = f"{before},{text}"
