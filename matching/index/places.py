"""Hands out small whole numbers and takes them back, so that arrays stay short."""

from collections.abc import Collection


class Places:
    """Places 0, 1, 2…; a freed place is given out again before a new one."""

    def __init__(self) -> None:
        self._free: list[int] = []
        self.count = 0

    def take(self) -> int:
        """A place that nobody holds."""
        if self._free:
            return self._free.pop()
        self.count += 1
        return self.count - 1

    def take_up(self, held: Collection[int]) -> None:
        """Start with these places held and every smaller one free; for a counter that gave out none."""
        self.count = max(held, default=-1) + 1
        self._free = sorted(set(range(self.count)).difference(held), reverse=True)

    def give_back(self, place: int) -> None:
        """Makes the place available again."""
        self._free.append(place)
