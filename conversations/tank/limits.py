"""How much one browser, or one address, may send, and how often it may be connected. Counted in
this process."""

from __future__ import annotations

import ipaddress
from collections import Counter, OrderedDict
from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """Lets `size` through at once and `size` every `per_s` seconds. Times are monotonic seconds."""

    size: float
    per_s: float
    level: float = -1.0
    filled_at: float = 0.0

    def take(self, now: float) -> bool:
        """Whether one more may pass now."""
        if self.level < 0:
            self.level = self.size
        else:
            gained = (now - self.filled_at) * self.size / self.per_s
            self.level = min(self.size, self.level + gained)
        self.filled_at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class Buckets:
    """A bucket for each address, the last `held` of them."""

    def __init__(self, per_s: float, held: int = 10_000) -> None:
        self.per_s = per_s
        self.held = held
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, address: str, size: float, now: float) -> bool:
        """Whether one more of an address may pass now, of `size` in `per_s` seconds. Who comes from
        nowhere that is known isn't counted."""
        if not address:
            return True
        bucket = self._buckets.setdefault(address, Bucket(size, self.per_s))
        bucket.size = size
        self._buckets.move_to_end(address)
        if len(self._buckets) > self.held:
            self._buckets.popitem(last=False)
        return bucket.take(now)


class Seats:
    """How many connections each guest, or each address, holds."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def take(self, guest: str, most: int) -> bool:
        """Take a seat; False when all `most` are taken."""
        if self._taken[guest] >= most:
            return False
        self._taken[guest] += 1
        return True

    def leave(self, guest: str) -> None:
        """Give a seat back."""
        self._taken[guest] -= 1
        if self._taken[guest] <= 0:
            del self._taken[guest]


def address_of(host: str) -> str:
    """By what somebody who comes from a host is counted: who has one IPv6 address has a network of
    them. Empty if it isn't known: this machine's own is that of a proxy that doesn't say for whom,
    or of the keeper."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
