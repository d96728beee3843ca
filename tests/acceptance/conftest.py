from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/acceptance --chaos-seconds 900 --chaos-seed 7`"""
    group = parser.getgroup("acceptance")
    group.addoption(
        "--chaos-seconds", type=float, help="How long the durability test lets faults happen."
    )
    group.addoption("--chaos-seed", type=int, help="Which faults, when.")
