"""The page on k-nearest-neighbour regression."""

from lively.pages.neighbours.page import NeighboursPage

__all__ = ["NeighboursPage"]
