from __future__ import annotations

from pathlib import Path

import pytest

CHAOS_S = 70.0
BESIDES_S = 400.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/acceptance --chaos-seconds 900 --chaos-seed 7 --chaos-latency 2`"""
    group = parser.getgroup("acceptance")
    group.addoption(
        "--chaos-seconds", type=float, help="How long the durability test lets faults happen."
    )
    group.addoption("--chaos-seed", type=int, help="Which faults, in which order.")
    group.addoption(
        "--chaos-latency",
        type=float,
        help="Have a model server speak that takes so many seconds, not the offline voice, so that "
        "most turns are being composed when something is killed.",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """These tests have deadlines of their own; this is for a wait that has none."""
    limit = (config.getoption("chaos_seconds", None) or CHAOS_S) * 1.5 + BESIDES_S
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(limit))
