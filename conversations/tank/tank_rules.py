"""How much of the tank one browser and one address may take: settings of the section `tank`."""

from __future__ import annotations

from dataclasses import dataclass

from audit.configuration import configuration
from audit.configuration.sections import declare
from fishbowl.overrides import setting


@dataclass(frozen=True, slots=True)
class TankRules:
    """How much of the tank one browser and one address may take, counted by web process. An address
    is that of a visitor (IPv6: the network of 64 bits), as a trusted proxy tells it. What is open
    stays so when a limit is lowered."""

    browser_connections: int = setting(
        12, "So many windows may one browser have open.", least=1, most=1000
    )
    address_connections: int = setting(
        60, "So many windows may be open from one address.", least=1, most=100_000
    )
    address_frames: int = setting(
        150,
        "So much may one address send at once, and again within 10 seconds.",
        least=20,
        most=100_000,
    )
    address_newcomers: int = setting(
        30, "So many new guests may come in from one address within an hour.", least=1, most=100_000
    )


TANK = declare("tank", TankRules(), title="the tank")


def in_force() -> TankRules:
    """The settings as they stand, at most a second old."""
    return configuration.in_force(TANK)
