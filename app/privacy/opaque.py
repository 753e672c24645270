"""The base of values that must not leave the process by accident."""

from typing import Never, SupportsIndex


class Opaque:
    """Refuses `pickle`, `copy` and everything else that goes through the reduce protocol.

    It answers accidents (a queue, a cache, a crash reporter that serialises what it finds), not an attacker
    who can run code in the process.
    """

    __slots__ = ()

    def __reduce_ex__(self, protocol: SupportsIndex) -> Never:
        raise TypeError(f"{type(self).__name__} must not be serialised or copied")
