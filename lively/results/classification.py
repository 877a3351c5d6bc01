"""All that the classification page shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lively.data.classification import Knowable, LabelledParts, knowable, split_points
from lively.models.classification import ClassFit, importances, training
from lively.models.judgement import Judgement
from lively.settings.classification import ClassificationSettings
from lively.truths import Array


@dataclass(frozen=True)
class ClassificationResult:
    """All that the classification page shows for one value of its settings."""

    settings: ClassificationSettings

    @cached_property
    def parts(self) -> LabelledParts:
        """The points, parted."""
        return split_points(self.settings.data, self.settings.split)

    @cached_property
    def knowable(self) -> Knowable:
        """What anybody could know."""
        data = self.settings.data
        return knowable(data.shape, data.noise, data.noise_mean, data.balance)

    @property
    def fit_key(self) -> tuple[object, ...]:
        """What the fit depends on."""
        return self.settings.data, self.settings.split, self.settings.model

    def train(self) -> Iterator[float]:
        """Train the model bit by bit; give the share that is done."""
        settings = self.settings
        return training(settings.data, settings.split, settings.model).steps()

    @cached_property
    def fit(self) -> ClassFit:
        """The model, fitted."""
        settings = self.settings
        return training(settings.data, settings.split, settings.model).finish()

    @cached_property
    def train_judged(self) -> Judgement:
        """The model's word on the training points."""
        return Judgement(self.parts.train.y, self.fit.train, self.settings.view.threshold)

    @cached_property
    def test_judged(self) -> Judgement:
        """The model's word on the test points."""
        return Judgement(self.parts.test.y, self.fit.test, self.settings.view.threshold)

    @cached_property
    def importances(self) -> tuple[list[str], Array, str]:
        """What counts in the model: names, values, and what they are."""
        return importances(self.fit, self.parts.test, self.settings.data.seed)
