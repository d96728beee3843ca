"""PostgreSQL and Redis from their pip packages, run under `var/` on Unix sockets."""

from .errors import EmbeddedError, explain_os_error
from .lease import Lease, make_var
from .locks import FileLock
from .places import Places
from .postgres import DATABASE, ROLE

__all__ = [
    "DATABASE",
    "ROLE",
    "EmbeddedError",
    "FileLock",
    "Lease",
    "Places",
    "explain_os_error",
    "make_var",
]
