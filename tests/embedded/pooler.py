"""A pooler that lends connections by the transaction, as small as will do: as many clients as come
share one connection to the database."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

IDLE = b"I"  # no transaction is open


class Pooler:
    """Listens on `port` until it is closed. `server` is the path of a PostgreSQL's socket that asks
    for no password."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._upstream: socket.socket | None = None
        self._greeting = b""
        self._turn = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._clients: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Hang up on everybody."""
        self._listening.close()
        for one in (*self._clients, self._upstream):
            if one is not None:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self._clients.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            startup = _startup(client)
            with self._turn:
                if self._upstream is None:
                    self._upstream = socket.socket(socket.AF_UNIX)
                    self._upstream.connect(self._server)
                    self._upstream.sendall(startup)
                    self._greeting = b"".join(_until_ready(self._upstream)[0])
            client.sendall(self._greeting)
            while (message := _message(client))[:1] != b"X":
                with self._turn:
                    self._lend(client, message)

    def _lend(self, client: socket.socket, message: bytes) -> None:
        """Have a client use the connection until it has no transaction open."""
        assert self._upstream is not None
        while True:
            self._upstream.sendall(message)
            if message[:1] in b"QS":  # a query, or the end of several messages: it is answered
                answer, status = _until_ready(self._upstream)
                client.sendall(b"".join(answer))
                if status == IDLE:
                    return
            message = _message(client)


def _startup(client: socket.socket) -> bytes:
    """What a client begins with; that it may not be encrypted is told it."""
    while True:
        length = _exactly(client, 4)
        rest = _exactly(client, struct.unpack("!I", length)[0] - 4)
        if struct.unpack("!I", rest[:4])[0] == 196608:  # the protocol's version 3
            return length + rest
        client.sendall(b"N")


def _until_ready(server: socket.socket) -> tuple[list[bytes], bytes]:
    """All that is said until the server waits for more, and how its transaction stands."""
    said = []
    while True:
        said.append(message := _message(server))
        if message[:1] == b"Z":
            return said, message[-1:]


def _message(source: socket.socket) -> bytes:
    kind_and_length = _exactly(source, 5)
    return kind_and_length + _exactly(source, struct.unpack("!I", kind_and_length[1:])[0] - 4)


def _exactly(source: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        if not (more := source.recv(count - len(found))):
            raise EOFError
        found += more
    return found


@contextlib.contextmanager
def pooler(server: str) -> Iterator[Pooler]:
    """A pooler from `with` to its end."""
    one = Pooler(server)
    try:
        yield one
    finally:
        one.close()
