"""A customer's website on another origin than the product's: it holds whatever pages a journey pastes in."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class CustomerSite:
    """Pages by path, with headers of their own in `headers`. The product answers at `localhost`, this site at 127.0.0.1:
    two origins and two sites.
    """

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.headers: dict[str, dict[str, str]] = {}
        pages, headers = self.pages, self.headers

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                html = pages.get(path)
                self.send_response(200 if html is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                for name, value in headers.get(path, {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write((html or "").encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def page(
        self, path: str, script: str, *, title: str = "Una tienda", body: str = "<h1>Una tienda</h1>"
    ) -> str:
        """Put a page at `path` with `script` pasted before the end of its body; its address."""
        self.pages[path] = (
            f'<!doctype html><html lang="es"><head><meta charset="utf-8"><title>{title}</title></head>'
            f"<body>{body}{script}</body></html>"
        )
        return self.url + path

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
