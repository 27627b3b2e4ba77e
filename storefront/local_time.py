"""A date and time as a clock on the wall shows it, to the moment that is; across clock changes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


class NoSuchTime(ValueError):
    """Clocks go forward over this time: it is on no clock that day."""

    def __init__(self, next_after: datetime) -> None:
        super().__init__(next_after)
        self.next_after = next_after  # what the clock shows once it was put forward


class TwoSuchTimes(ValueError):
    """Clocks go back over this time: it is on every clock twice."""

    def __init__(self, first: datetime, second: datetime) -> None:
        super().__init__(first, second)
        self.first, self.second = first, second


def moment_of(shown: datetime, zone: ZoneInfo, which: int | None = None) -> datetime:
    """The moment, in UTC. `which`: 0 or 1, of two such times.

    Raises NoSuchTime, TwoSuchTimes.
    """
    first, second = (shown.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    # In a gap, what fold=0 stands for is shown as later than what was asked.
    there = first.astimezone(UTC).astimezone(zone)
    if there.replace(tzinfo=None) != shown:
        raise NoSuchTime(there)
    if which is None:
        raise TwoSuchTimes(first, second)
    return (second if which else first).astimezone(UTC)
