"""What every page knows that fits one noisy sample of one input."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np

from lively.arrays import Array
from lively.learning.data_settings import DataSettings
from lively.learning.noisy_sample import Sample, SplitSample, make_sample, split_sample
from lively.learning.split import SplitSettings
from lively.learning.target_functions import TARGET_FUNCTIONS, TargetFunction

#: Inputs over the range of x at which curves are drawn.
GRID_POINTS = 401


class SampleSettings(Protocol):
    """Settings with a group for the data and one for the split."""

    @property
    def data(self) -> DataSettings:
        """How the sample is made."""

    @property
    def split(self) -> SplitSettings:
        """How it is split into training and test points."""


Chosen = TypeVar("Chosen", bound=SampleSettings)


@dataclass(frozen=True)
class SampledResult(Generic[Chosen]):
    """A noisy sample of a true function, split into training and test points.

    A page's own result is a subclass; what takes time there is a `functools.cached_property`.

    Attributes
    ----------
    settings : PageSettings
        With the groups `data` and `split`.
    """

    settings: Chosen

    @property
    def truth(self) -> TargetFunction:
        """The true function."""
        return TARGET_FUNCTIONS[self.settings.data.function]

    @property
    def sample(self) -> Sample:
        """All points."""
        return make_sample(self.settings.data)

    @property
    def parts(self) -> SplitSample:
        """The same, split."""
        return split_sample(self.settings.data, self.settings.split)

    @property
    def grid(self) -> Array:
        """Inputs over the range of x; shape (GRID_POINTS,)."""
        return np.linspace(*self.settings.data.x_range, GRID_POINTS)
