"""Where the bars of a chart stand: templates draw, and calculate nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1000, 200  # stretched to the room there is
GAP = 4  # of ten parts of a bar's place


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    words: str  # what it stands for, and how much


@dataclass(frozen=True, slots=True)
class Chart:
    """One bar for each figure. `most`, `half`: what the upper and the middle line stand for."""

    bars: list[Bar]
    most: str
    half: str
    first: str  # below the first bar
    last: str
    description: str
    width: int = WIDTH
    height: int = HEIGHT


def bar_chart(
    figures: Sequence[tuple[str, int]], words: Callable[[int], str], description: str
) -> Chart:
    """Of (what, how much); `words` says an amount as the table does."""
    top = ceiling(max((figure for _, figure in figures), default=0))
    place = WIDTH / max(len(figures), 1)
    bars = []
    for number, (what, figure) in enumerate(figures):
        height = round(HEIGHT * figure / top, 2)
        bars.append(
            Bar(
                x=round(place * (number + GAP / 20), 2),
                y=round(HEIGHT - height, 2),
                width=round(place * (1 - GAP / 10), 2),
                height=height,
                words=f"{what}: {words(figure)}",
            )
        )
    first, last = (figures[0][0], figures[-1][0]) if figures else ("", "")
    return Chart(bars, words(top), words(top // 2), first, last, description)


def ceiling(figure: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 …: halves of them are whole."""
    top = 1
    while True:
        for times in (2, 4, 10):
            if figure <= top * times:
                return top * times
        top *= 10
