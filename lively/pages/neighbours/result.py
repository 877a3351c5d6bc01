"""Settings in, everything that the page shows out."""

from functools import cached_property

from lively.arrays import Array
from lively.learning.sampled_result import SampledResult
from lively.learning.scores import Score, score
from lively.pages.neighbours.model import NeighbourFits, neighbour_fits
from lively.pages.neighbours.settings import NeighboursSettings


class NeighboursResult(SampledResult[NeighboursSettings]):
    """All that the page shows for one value of its settings."""

    @property
    def k(self) -> int:
        """How many neighbours are averaged: no more than there are training points."""
        return min(self.settings.model.k, len(self.parts.train.x))

    @cached_property
    def fits(self) -> NeighbourFits:
        """The fits for every k, which may take longer than a frame."""
        return neighbour_fits(self.settings.data, self.settings.split, self.settings.model.weights)

    @property
    def curve(self) -> Array:
        """The fitted curve over the grid."""
        return self.fits.curves[:, self.k - 1]

    @property
    def train(self) -> Score:
        """The score on the training points."""
        return score(self.parts.train.y, self.fits.train_predicted[:, self.k - 1])

    @property
    def test(self) -> Score:
        """The score on the test points."""
        return score(self.parts.test.y, self.fits.test_predicted[:, self.k - 1])
