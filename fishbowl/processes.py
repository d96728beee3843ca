"""The processes of a society, each run by `python -m fishbowl.processes NAME`.

Each dies with the one that watches it, so that nothing of a killed society goes on beside the next:
whoever is killed at once takes its children along.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping

from fishbowl import boot, garbage

PR_SET_PDEATHSIG = 1
# Larger than any message that a person may send, so that the sender is told why it was refused.
LONGEST_FRAME = 262_144
LOOK_UP_EVERY_S = 0.2
QUEUES = "turns,observe,upkeep"


def die_with(parent: int, sign: signal.Signals) -> None:
    """Have this process sent `sign` when its parent, of that pid, dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, sign)
    else:
        threading.Thread(target=_watch, args=(parent, sign), daemon=True).start()
    if os.getppid() != parent:
        sys.exit("fishbowl: the process that started this one is gone.")


def _watch(parent: int, sign: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), sign)


def run_web() -> None:
    """Serve the site, and say in the log what of the settings wants thinking about."""
    import django
    import uvicorn
    from django.core.management import call_command

    settings = boot.environment()
    boot.use_servers()
    django.setup()
    call_command("check", verbosity=0)
    uvicorn.run(
        "fishbowl.asgi:application",
        host=settings.host,
        port=settings.port,
        forwarded_allow_ips=",".join(settings.trusted_proxies),
        ws_max_size=LONGEST_FRAME,
        ws_per_message_deflate=False,  # lines of talk are short: compressing them costs more time
        access_log=False,
        log_config=None,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=2,
    )


def run_worker() -> None:
    """Speak, observe and keep up: whatever the queues nudge."""
    settings = boot.environment()
    # A turn makes thousands of short-lived objects, and next to no rings of them.
    gc.set_threshold(20_000, 20, 100)
    # Root is warned of pickled messages, and this worker accepts JSON alone.
    warnings.filterwarnings("ignore", "You're running the worker with superuser", Warning)
    _celery(
        "worker",
        "--pool=threads",
        f"--concurrency={settings.worker_threads}",
        f"--queues={QUEUES}",
        f"--hostname={os.environ.get('SUPERVISOR_PROCESS_NAME', 'worker')}@%h",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    )


def run_beat() -> None:
    """The clock."""
    _celery("beat", "--pidfile=")


def run_bot() -> None:
    """Discord. A bot that Discord refuses for good rests until somebody stops it: whoever keeps
    it running would start it again for ever, and Discord shuts out whoever knocks too often."""
    import django
    from django.core.management import call_command

    boot.use_servers()
    django.setup()
    try:
        call_command("runbot")
    except SystemExit as ended:
        if not ended.code:
            raise
        rest()


def rest() -> None:
    """Do nothing until told to end."""
    logging.getLogger("fishbowl").error("The bot rests. Start Fishbowl again when that is mended.")
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, lambda number, _: sys.exit(128 + number))
    while True:
        signal.pause()


def _celery(*arguments: str) -> None:
    # The web process checks; here it would only bring in every page.
    os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
    from fishbowl.celery import app

    boot.use_servers()
    app.start(["--quiet", *arguments, f"--loglevel={boot.environment().log_level}"])


def run_supervisor() -> None:
    """Keep the others running."""
    from supervisor import poller, supervisord

    class QuickPoller(poller.Poller):  # type: ignore[misc]
        """Looks up more often than once a second, which is what a start or a stop waits for."""

        def poll(self, timeout: float) -> tuple[list[int], list[int]]:
            found: tuple[list[int], list[int]] = super().poll(min(timeout, LOOK_UP_EVERY_S))
            return found

    poller.Poller = QuickPoller
    os.environ[boot.WATCHER] = str(os.getpid())
    try:
        supervisord.main(["--nodaemon", "--configuration", sys.argv[2]])
    finally:
        # The last of the others stops the servers, unless it took too long to end and was killed.
        boot.lease().stop_unused()


RUNS: Mapping[str, Callable[[], None]] = {
    "web": run_web,
    "worker": run_worker,
    "beat": run_beat,
    "bot": run_bot,
    "supervisor": run_supervisor,
}


def main() -> None:
    """Run the process that the first argument names."""
    garbage.look_seldom()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fishbowl.settings")
    name = sys.argv[1]
    if watcher := os.environ.get(boot.WATCHER):
        # `up` is watched by nobody: if it is killed, the supervisor ends the others in good order.
        sign = signal.SIGTERM if name == "supervisor" else signal.SIGKILL
        die_with(int(watcher), sign)
    RUNS[name]()


if __name__ == "__main__":
    main()
