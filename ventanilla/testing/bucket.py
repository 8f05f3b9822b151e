"""A small S3 that keeps objects in memory and misbehaves when it is told to: for tests of what stands on S3."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Bucket:
    """The objects by their key, unfinished uploads by theirs, and what to refuse."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, tuple[str, dict[int, bytes]]] = {}
        self.refused_from_part: int | None = None  # parts from this one on are answered by 403
        self.damages = False  # bytes are not kept as they came
        self.url = ""


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        del format, args

    def _place(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        key = unquote(parts.path).strip("/").partition("/")[2]
        return key, {
            name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()
        }

    def _body(self) -> bytes:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return content
        plain = b""
        while content:
            head, _, content = content.partition(b"\r\n")
            size = int(head.split(b";")[0] or b"0", 16)
            if not size:
                break
            plain, content = plain + content[:size], content[size + 2 :]
        return plain

    def _answer(self, status: int, body: bytes | str = b"", **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in ({"Content_Length": str(len(content))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _refuse(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>")

    def do_HEAD(self) -> None:
        key, _ = self._place()
        if key and key not in self.bucket.objects:
            self._refuse(404, "404")
            return
        self._answer(200, Content_Length=str(len(self.bucket.objects.get(key, b""))), ETag='"1"')

    def do_GET(self) -> None:
        key, query = self._place()
        if "uploads" in query:
            rows = "".join(
                f"<Upload><Key>{escape(key)}</Key><UploadId>{number}</UploadId></Upload>"
                for number, (key, _parts) in self.bucket.uploads.items()
            )
            self._answer(200, f"<ListMultipartUploadsResult>{rows}</ListMultipartUploadsResult>")
        elif not key:
            rows = "".join(
                f"<Contents><Key>{escape(name)}</Key><Size>{len(content)}</Size></Contents>"
                for name, content in sorted(self.bucket.objects.items())
                if name.startswith(query.get("prefix", ""))
            )
            self._answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>")
        elif key in self.bucket.objects:
            self._answer(200, self.bucket.objects[key], ETag='"1"')
        else:
            self._refuse(404, "NoSuchKey")

    def do_POST(self) -> None:
        key, query = self._place()
        self._body()
        if "uploads" in query:
            number = f"upload{len(self.bucket.uploads) + 1}"
            self.bucket.uploads[number] = (key, {})
            answer = f"<InitiateMultipartUploadResult><UploadId>{number}</UploadId></InitiateMultipartUploadResult>"
            self._answer(200, answer)
            return
        _key, parts = self.bucket.uploads.pop(query["uploadId"])
        self._keep(key, b"".join(parts[number] for number in sorted(parts)))
        self._answer(200, "<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>")

    def do_PUT(self) -> None:
        key, query = self._place()
        content = self._body()
        if "uploadId" in query:
            part = int(query["partNumber"])
            refused = self.bucket.refused_from_part
            if refused is not None and part >= refused:
                self._refuse(403, "QuotaExceeded")
                return
            self.bucket.uploads[query["uploadId"]][1][part] = content
        else:
            if self.bucket.refused_from_part is not None:
                self._refuse(403, "QuotaExceeded")
                return
            self._keep(key, content)
        self._answer(200, ETag='"1"')

    def do_DELETE(self) -> None:
        key, query = self._place()
        if "uploadId" in query:
            self.bucket.uploads.pop(query["uploadId"], None)
        else:
            self.bucket.objects.pop(key, None)
        self._answer(204)

    def _keep(self, key: str, content: bytes) -> None:
        if self.bucket.damages:
            middle = len(content) // 2
            content = content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]
        self.bucket.objects[key] = content


@contextmanager
def bucket() -> Iterator[Bucket]:
    """A running server; `url` is the address of a bucket of it, as VENTANILLA_STORAGE_URL writes one."""
    made = Bucket()
    handler = type("Handler", (_Handler,), {"bucket": made})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    made.url = f"s3://key:secret@127.0.0.1:{server.server_address[1]}/copies/acme?scheme=http"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
