"""What a browser says of the screen that pictures are seen on, checked."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

#: Limits for the sides of a picture, in pixels of the page.
SMALLEST, LARGEST = 120, 4000
#: Limits for the pixels that are drawn for one of the page, along a side. A screen may have fewer
#: or more (a browser's zoom goes from 25 % to 500 %, and screens themselves have up to four): the
#: browser makes the picture smaller or larger then. Each frame says in which ratio it is drawn.
RATIOS = (0.5, 4.0)
#: Limits for the ratio that a browser may say a screen has.
OWN_RATIOS = (0.25, 8.0)
#: Pixels that all pictures of a visitor may have: they cost time and memory. With so many of them
#: a step of the regression page takes 37 ms, where the usual half a million takes 8 ms, and the
#: process takes 250 MB more.
MOST_PIXELS = 12_000_000


class PictureShape(NamedTuple):
    """What a picture is drawn for.

    Attributes
    ----------
    width, height : int
        In pixels of the page.
    ratio : float
        Pixels that are drawn for one of the page, along a side.
    """

    width: int
    height: int
    ratio: float


def screen_ratio(ratio: Any) -> float:
    """Return the ratio of pixels that a screen has as a number.

    Raises
    ------
    ValueError
        If it is none, or none that a screen has.
    """
    low, high = OWN_RATIOS
    if type(ratio) not in (int, float) or not low <= ratio <= high:
        raise ValueError(
            f"ratio must be a number between {low:g} and {high:g}. Got {ratio!r:.100} instead."
        )
    return float(ratio)


def drawn_ratio(ratio: Any) -> float:
    """Return the ratio of pixels that is drawn for a screen, given the screen's own."""
    return min(max(screen_ratio(ratio), RATIOS[0]), RATIOS[1])


def check_size(size: Any) -> tuple[int, int]:
    """Return a picture's size as width and height.

    Raises
    ------
    ValueError
        If it is none, or none that a picture may have.
    """
    whole = isinstance(size, list | tuple) and len(size) == 2
    if not (whole and all(type(side) is int and SMALLEST <= side <= LARGEST for side in size)):
        raise ValueError(f"sizes must be pairs of integers between {SMALLEST} and {LARGEST}.")
    return size[0], size[1]


def picture_shapes(ratio: Any, sizes: Any, present: Sequence[PictureShape]) -> list[PictureShape]:
    """Return the shapes in which the pictures of a page are drawn for a screen.

    Parameters
    ----------
    ratio, sizes
        What the browser says: the ratio of pixels, and the room of every picture as pairs of width
        and height in pixels of the page; no pairs at all, as long as it does not know the room.
    present : sequence of Shape
        What the pictures have now.

    Raises
    ------
    ValueError
        If that is no screen; with a sentence that says why.
    """
    if not isinstance(sizes, list | tuple) or len(sizes) not in (0, len(present)):
        raise ValueError(f"sizes must be {len(present)} pairs, or none.")
    pairs = [check_size(size) for size in sizes] or [shape[:2] for shape in present]
    drawn = drawn_ratio(ratio)
    found = [PictureShape(width, height, drawn) for width, height in pairs]
    if pixel_count(found) > MOST_PIXELS:
        raise ValueError(
            f"The pictures of a page have at most {MOST_PIXELS // 10**6} million pixels."
        )
    return found


def pixel_count(shapes: Iterable[PictureShape]) -> float:
    """Return how many pixels pictures have together."""
    return sum(shape.width * shape.height * shape.ratio**2 for shape in shapes)


def shapes_beside(
    wanted: Sequence[PictureShape], present: Sequence[PictureShape], others: float
) -> list[PictureShape]:
    """Return shapes for pictures that are not the only ones that a visitor has.

    Where the others leave too little room, the ratio of pixels is lower. What the pictures have
    now, they may keep: that is what the page was made with, or has been allowed before.

    Parameters
    ----------
    wanted, present : sequence of Shape
        What the pictures are to have, and have.
    others : float
        Pixels that the other pictures have.

    Raises
    ------
    ValueError
        If there is no room at any ratio.
    """
    room = max(MOST_PIXELS - others, pixel_count(present))
    if pixel_count(wanted) <= room:
        return list(wanted)
    share = math.sqrt(room / pixel_count(wanted))
    # Rounded down, so that what is rounded fits.
    found = [shape._replace(ratio=math.floor(100 * share * shape.ratio) / 100) for shape in wanted]
    if min(shape.ratio for shape in found) < RATIOS[0]:
        raise ValueError(f"The ratio must be at least {RATIOS[0]:g}, for which there is no room.")
    return found
