"""A mirror on loopback that answers as a test wants."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tiny_set import ARCHIVES


class Request(BaseHTTPRequestHandler):
    """What a mirror was asked, and the means to answer it well or badly."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.answer(self)

    do_CONNECT = do_GET  # noqa: N815, the library's way of naming

    @property
    def archive(self) -> bytes | None:
        return ARCHIVES.get(self.path.rpartition("/")[2].removesuffix(".gz"))

    def begin(self, length: int, code: int = 200, **headers: str) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def send(self, content: bytes) -> None:
        self.wfile.write(content)
        self.wfile.flush()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait, at most until the test is over; whether it is."""
        return self.server.over.wait(seconds)

    def log_message(self, *arguments: object) -> None:
        pass


def whole(request: Request) -> None:
    """What a good mirror answers."""
    if request.archive is None:
        request.send_error(404)
    else:
        request.begin(len(request.archive))
        request.send(request.archive)


class Mirror(ThreadingHTTPServer):
    """A server on loopback; ``asked`` holds the paths that were asked for."""

    request_queue_size = 64

    def __init__(self, answer: Callable[[Request], None]) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.answer, self.asked, self.over = answer, [], threading.Event()
        self.address = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *arguments: object) -> None:
        """A client that hangs up is what some tests are about."""
