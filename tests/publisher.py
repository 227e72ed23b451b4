"""A publisher of data on the loopback: a real server, and the list of what it was asked for."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def publishing(root: Path) -> Iterator[http.server.ThreadingHTTPServer]:
    """Serve a folder; `.url` is where, `.asked` the paths so far. `/busy` is a fault of the server's own."""
    root.mkdir()
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=root)

        def do_GET(self):
            asked.append(self.path)
            if self.path == "/busy":
                self.send_error(503)
            else:
                super().do_GET()

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.root, running.asked = root, asked
        running.url = f"http://127.0.0.1:{running.server_port}"
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()


def publish(server: http.server.ThreadingHTTPServer, path: str, content: bytes) -> str:
    """Put a file on the server; its address."""
    target = server.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return f"{server.url}/{path}"
