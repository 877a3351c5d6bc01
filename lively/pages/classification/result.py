"""All that the classification page shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lively.engine.incremental import IncrementalTask
from lively.learning.metrics import ClassificationMetrics
from lively.pages.classification.data import BayesOptimal, SplitPoints, bayes_optimal, split_points
from lively.pages.classification.estimators import neighbour_count
from lively.pages.classification.feature_importance import FeatureImportance, feature_importance
from lively.pages.classification.model import ClassFit, training
from lively.pages.classification.settings import ClassificationSettings
from lively.pages.classification.underfitting import underfits, underfitting_cause


@dataclass(frozen=True)
class ClassificationResult:
    """All that the classification page shows for one value of its settings."""

    settings: ClassificationSettings

    @cached_property
    def parts(self) -> SplitPoints:
        """The training and the test points."""
        return split_points(self.settings.data, self.settings.split)

    @cached_property
    def knowable(self) -> BayesOptimal:
        """The Bayes classifier."""
        data = self.settings.data
        return bayes_optimal(data.shape, data.noise, data.noise_mean, data.balance)

    @cached_property
    def training(self) -> IncrementalTask[ClassFit]:
        """The task of training the model."""
        settings = self.settings
        return training(settings.data, settings.split, settings.model)

    @property
    def fit(self) -> ClassFit:
        """The model, fitted."""
        return self.training.finish()

    @property
    def slow_key(self) -> tuple[object, ...]:
        """What `slow_part` depends on, and whether inputs have to be shuffled for it."""
        settings, training = self.settings, self.training
        shuffled = training.done and training.finish().shuffled.done
        return settings.data, settings.split, settings.model, shuffled or self._shuffles

    @property
    def _shuffles(self) -> bool:
        """Whether inputs are shuffled, for importances of a model without coefficients."""
        settings = self.settings
        return settings.view.panel == "importance" and settings.model.kind != "logistic"

    def slow_part(self) -> Iterator[float]:
        """Do in steps what may take longer than a frame; yield the share that is done."""
        yield from self.training.steps()
        if self.underfits:
            yield from self.culprit_search.steps()
        if self._shuffles:
            yield from self.fit.shuffled.steps()

    @cached_property
    def train_judged(self) -> ClassificationMetrics:
        """Metrics on the training points."""
        return ClassificationMetrics(
            self.parts.train.y, self.fit.train, self.settings.view.threshold
        )

    @cached_property
    def test_judged(self) -> ClassificationMetrics:
        """Metrics on the test points."""
        return ClassificationMetrics(self.parts.test.y, self.fit.test, self.settings.view.threshold)

    @cached_property
    def underfits(self) -> bool:
        """Whether the model underfits the training points at every threshold."""
        return not self.fit.only_shares and underfits(self.train_judged, self.knowable.accuracy)

    @cached_property
    def culprit_search(self) -> IncrementalTask[str]:
        """The task of finding the setting because of which the model underfits."""
        settings = self.settings
        return underfitting_cause(settings.data, settings.split, settings.model)

    @property
    def votes(self) -> int:
        """Number of neighbours that vote."""
        return neighbour_count(self.settings.model, self.parts.train)

    @cached_property
    def importances(self) -> FeatureImportance:
        """Importances of the features."""
        return feature_importance(self.fit, self.test_judged)
