"""Shapes of two classes in the plane.

All lie within about three units of the origin, so that one noise slider fits all.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lively.arrays import Array

#: Interval of both inputs, which are uniform, for the linear boundary.
SQUARE = (-3.0, 3.0)
#: Weights of x1 and x2 in the score of the linear boundary, whose sign is the label; from the 2017
#: demonstration.
WEIGHTS = np.array([1.5, -2.0])


@dataclass(frozen=True)
class ClassShape:
    """Two classes, each scattered around a curve or around centres.

    Attributes
    ----------
    label : str
    formula : str
        Description of the points.
    centres : callable
        Takes u of shape (n,), uniform on 0..1, and a class, 0 or 1; returns points of shape (n, 2)
        on that class's curve.
    """

    label: str
    formula: str
    centres: Callable[[Array, int], Array]


def _moons(u: Array, kind: int) -> Array:
    angle = np.pi * u
    if kind == 0:
        return np.column_stack([2 * np.cos(angle) - 1, 2 * np.sin(angle) - 0.5])
    return np.column_stack([1 - 2 * np.cos(angle), 0.5 - 2 * np.sin(angle)])


def _rings(u: Array, kind: int) -> Array:
    angle, radius = 2 * np.pi * u, (2.6, 1.2)[kind]
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def _blobs(u: Array, kind: int) -> Array:
    return np.tile([(-1.2, -1.2), (1.2, 1.2)][kind], (len(u), 1))


def _xor(u: Array, kind: int) -> Array:
    side = np.where(u < 0.5, -1.5, 1.5)
    return np.column_stack([side, side if kind == 0 else -side])


def _spiral(u: Array, kind: int) -> Array:
    # Nearly uniform along the curve: arc length grows like the square of the angle.
    turn = 0.5 + 3 * np.sqrt(u)
    angle = np.pi * (turn + kind)
    radius: Array = 0.8 * turn
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


#: The shapes of scattered points, by their names in the settings.
CLASS_SHAPES = {
    "moons": ClassShape("Two moons", "Half circles that interleave", _moons),
    "rings": ClassShape("Rings", "A ring within a ring", _rings),
    "blobs": ClassShape("Blobs", "Two centres", _blobs),
    "xor": ClassShape("XOR", "Four centres, opposite ones of the same class", _xor),
    "spiral": ClassShape("Spiral", "Two arms, intertwined", _spiral),
}
