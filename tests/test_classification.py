"""Two classes in the plane: points, what can be known of them, models and judgements."""

import threading
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cdist
from sklearn import metrics
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from thorough import examples

from lively.learning.metrics import CALIBRATION_BINS, ClassificationMetrics
from lively.learning.split import SplitSettings
from lively.pages.classification import fitting
from lively.pages.classification.class_shapes import CLASS_SHAPES
from lively.pages.classification.data import bayes_optimal, make_points, split_points
from lively.pages.classification.estimators import EPOCHS
from lively.pages.classification.feature_importance import feature_importance
from lively.pages.classification.logistic import ScaledLogistic
from lively.pages.classification.model import training
from lively.pages.classification.prediction import REPEATS
from lively.pages.classification.result import ClassificationResult
from lively.pages.classification.settings import (
    ClassDataSettings,
    ClassificationSettings,
    ClassModelSettings,
)
from lively.pages.classification.support_vectors import MAX_ITER
from lively.pages.classification.text import model_notes
from lively.pages.classification.verdict import verdict
from lively.plotting.shaded_image import ShadedImage

SHAPES = ["straight", "moons", "rings", "blobs", "xor", "spiral"]
DATA, SPLIT = ClassDataSettings(), SplitSettings()


@pytest.mark.parametrize("shape", SHAPES)
def test_more_samples_keep_the_old_ones(shape):
    few = make_points(DATA.replace(shape=shape, samples=60))
    many = make_points(DATA.replace(shape=shape, samples=700))
    np.testing.assert_array_equal(many.X[:60], few.X)
    np.testing.assert_array_equal(many.y[:60], few.y)


@pytest.mark.parametrize("shape", SHAPES[1:])
def test_noise_scales_the_same_draws(shape):
    clean, half, full = (make_points(DATA.replace(shape=shape, noise=n)) for n in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(full.X - clean.X, 2 * (half.X - clean.X))
    np.testing.assert_array_equal(full.y, clean.y)


def test_straight_boundary_is_that_of_2017():
    points = make_points(DATA.replace(shape="straight", noise=0.0))
    np.testing.assert_array_equal(points.y, points.X @ [1.5, -2.0] > 0)
    assert np.abs(points.X).max() <= 3
    noisy = make_points(DATA.replace(shape="straight", noise=2.0))
    np.testing.assert_array_equal(noisy.X, points.X)
    assert 0 < np.sum(noisy.y != points.y) < 100
    # The same draws, scaled: a label that less noise turns, more noise turns too.
    less = make_points(DATA.replace(shape="straight", noise=1.0))
    assert np.all((noisy.y != points.y) >= (less.y != points.y))
    moved = make_points(DATA.replace(shape="straight", noise=0.0, noise_mean=1.0))
    np.testing.assert_array_equal(moved.y, points.X @ [1.5, -2.0] + 1 > 0)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("balance", [0.1, 0.5, 0.8])
def test_balance_turns_a_few_points_over(shape, balance):
    less = make_points(DATA.replace(shape=shape, samples=2000, balance=balance))
    more = make_points(DATA.replace(shape=shape, samples=2000, balance=balance + 0.1))
    assert np.all(more.y >= less.y)
    assert less.y.mean() == pytest.approx(balance, abs=4 * np.sqrt(0.25 / 2000) + 0.01)


def test_a_larger_test_share_moves_points_over():
    small, large = (split_points(DATA, SPLIT.replace(test_share=share)) for share in (0.3, 0.4))
    kept = (large.test.X[:, None] == small.test.X).all(axis=2).any(axis=0)
    assert kept.all()
    assert len(large.test.X) == len(small.test.X) + 20
    joined = np.concatenate([large.train.X, large.test.X])
    assert len(np.unique(joined, axis=0)) == DATA.samples


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("noise", "balance"), [(0.3, 0.5), (1.0, 0.5), (0.6, 0.2)])
def test_best_accuracy_is_that_of_the_best_rule_on_fresh_points(shape, noise, balance):
    found = bayes_optimal(shape, noise, 0.0, balance)
    count = 200_000
    fresh = make_points(
        DATA.model_construct(
            shape=shape, samples=count, noise=noise, noise_mean=0.0, balance=balance, seed=4321
        )
    )
    columns = np.searchsorted((found.x1[1:] + found.x1[:-1]) / 2, fresh.X[:, 0])
    rows = np.searchsorted((found.x2[1:] + found.x2[:-1]) / 2, fresh.X[:, 1])
    said = found.probability[rows, columns]
    error = np.sqrt(found.accuracy * (1 - found.accuracy) / count)
    right = np.mean((said > 0.5) == fresh.y)
    # The rule is read off cells, which costs a little at the line.
    assert right == pytest.approx(found.accuracy, abs=4 * error + 0.006)
    # What is called a probability is one: points of some probability are that often of class 1.
    for low in (0.1, 0.4, 0.7):
        near = (said >= low) & (said < low + 0.2)
        if near.sum() < 100:
            continue
        spread_of_mean = 0.5 / np.sqrt(near.sum())
        assert fresh.y[near].mean() == pytest.approx(
            said[near].mean(), abs=4 * spread_of_mean + 0.03
        )


def test_nothing_is_lost_without_noise():
    for shape in SHAPES:
        assert bayes_optimal(shape, 0.0, 0.0, 0.5).accuracy == 1
    # And nothing that double precision shows at the least noise: the classes are far apart for it.
    u = np.linspace(0, 1, 400)
    for shape, cloud in CLASS_SHAPES.items():
        apart = cdist(cloud.centres(u, 0), cloud.centres(u, 1)).min()
        assert apart > 0.74, shape
        assert 2 * stats.norm.sf(apart / 2 / 0.05) < 1e-12
        assert bayes_optimal(shape, 0.05, 0.0, 0.3).accuracy == 1
        assert bayes_optimal(shape, 0.1, 0.0, 0.5).accuracy == pytest.approx(1, abs=1e-4)


def plain(model, train, seed):
    """Return the classifier as anyone would write it with scikit-learn."""
    match model.kind:
        case "logistic":
            C = np.inf if model.penalty == "none" else 1 / model.strength
            ratio = {"l1": 1.0, "elastic": model.l1_ratio}.get(model.penalty, 0.0)
            return make_pipeline(
                PolynomialFeatures(model.polynomial, include_bias=False),
                StandardScaler(),
                LogisticRegression(
                    C=C,
                    l1_ratio=ratio,
                    # Their defaults stop too early to compare with.
                    solver="saga" if ratio else "lbfgs",
                    max_iter=200_000 if ratio else 2000,
                    tol=1e-8,
                    random_state=0,
                ),
            )
        case "neighbours":
            return make_pipeline(StandardScaler(), KNeighborsClassifier(model.neighbours))
        case "svm":
            machine = SVC(
                C=1 / model.strength,
                kernel=model.kernel,
                degree=model.polynomial,
                gamma=model.gamma,
                coef0=1.0,
                max_iter=MAX_ITER,
            )
            return make_pipeline(
                StandardScaler(), CalibratedClassifierCV(machine, cv=5, ensemble=False)
            )
        case "tree":
            return DecisionTreeClassifier(max_depth=model.depth, random_state=seed)
        case "forest":
            return RandomForestClassifier(
                n_estimators=model.trees, max_depth=model.depth, random_state=seed
            )
    network = MLPClassifier(
        (model.units, model.units),
        activation="tanh",
        alpha=model.strength,
        batch_size=len(train.y),
        learning_rate_init=0.02,
        max_iter=EPOCHS,
        n_iter_no_change=EPOCHS,
        tol=0.0,
        shuffle=False,
        random_state=seed,
    )
    return make_pipeline(StandardScaler(), network)


def fitted(model, data=DATA, split=SPLIT):
    """Return the page's own fit."""
    return training(data, split, model).finish()


MODELS = [
    {"penalty": "none", "polynomial": 2},
    {"penalty": "l1", "strength": 3.0},
    {"penalty": "l2", "polynomial": 5, "strength": 0.1},
    {"penalty": "elastic", "l1_ratio": 0.3},
    {"kind": "neighbours", "neighbours": 7},
    {"kind": "svm", "kernel": "linear"},
    {"kind": "svm", "kernel": "rbf", "gamma": 2.0},
    {"kind": "svm", "kernel": "poly", "polynomial": 2, "gamma": 0.5},
    {"kind": "tree", "depth": 4},
    {"kind": "forest", "trees": 30, "depth": 6},
    {"kind": "network", "units": 6, "strength": 0.1},
]


@pytest.mark.parametrize("changes", MODELS, ids=lambda c: "-".join(map(str, c.values())))
def test_models_agree_with_the_plain_estimators(changes):
    model = ClassModelSettings(**changes)
    parts = split_points(DATA, SPLIT)
    fit = fitted(model)
    estimator = plain(model, parts.train, DATA.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(parts.train.X, parts.train.y)
    for part, found in ((parts.train, fit.train), (parts.test, fit.test)):
        np.testing.assert_allclose(found, estimator.predict_proba(part.X)[:, 1], atol=1e-6)


@pytest.mark.parametrize("kind", ["forest", "network"])
def test_what_takes_long_is_done_bit_by_bit_and_begun_once(kind):
    work = training.__wrapped__(DATA, SPLIT, ClassModelSettings(kind=kind))
    first = next(work.steps())
    assert 0 < first < 0.2
    rest = list(work.steps())
    assert rest == sorted(rest)
    assert rest[0] > first
    assert rest[-1] == 1
    assert work.done
    assert work.finish() is work.finish()


@pytest.mark.parametrize("changes", [{"kind": "svm"}, {"penalty": "l1"}])
def test_what_has_no_bits_is_done_aside(changes, monkeypatch):
    threads = set()
    fit = fitting._fit

    def watched(*args):
        threads.add(threading.current_thread())
        fit(*args)

    monkeypatch.setattr(fitting, "_fit", watched)
    model = ClassModelSettings(**changes)
    shares = list(training.__wrapped__(DATA, SPLIT, model).steps())
    assert threads.isdisjoint({threading.main_thread()})
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_machine_that_would_go_on_for_hours_comes_to_an_end():
    data = DATA.replace(samples=100, noise=2.0)
    model = ClassModelSettings(kind="svm", kernel="poly", polynomial=6, strength=1e-3)
    fit = fitted(model, data)
    assert not fit.converged
    assert np.isfinite(fit.test).all()
    settings = ClassificationSettings(data=data, model=model)
    text = model_notes(ClassificationResult(settings))
    assert text.startswith("C = 1\u2009000. The solver stopped before it converged.")


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([1.0] * 10, False),
        ([1.0] * 11, True),
        ([1.0, *([0.5] * 11)], True),
        ([1.0, *([0.5] * 10)], False),
        ([0.5, *([1.0] * 10)], True),
    ],
)
def test_a_network_has_converged_after_ten_passes_without_a_gain(losses, expected):
    network = MLPClassifier()
    network.loss_curve_ = losses
    assert fitting.converged(network) == expected


def test_stronger_is_smaller():
    sizes = []
    for strength in (0.01, 1.0, 100.0):
        fit = fitted(ClassModelSettings(strength=strength))
        sizes.append(np.abs(fit.classifier.solver.coef_).sum())
    assert sizes == sorted(sizes, reverse=True)
    sparse = fitted(ClassModelSettings(penalty="l1", strength=20.0))
    assert np.sum(sparse.classifier.solver.coef_ == 0) >= 4


def test_one_class_alone_leaves_only_the_share():
    seen = set()
    for seed in range(40):
        for kind in ("logistic", "neighbours", "svm", "tree", "forest", "network"):
            settings = ClassificationSettings().replace(
                samples=20, balance=0.1, seed=seed, kind=kind, trees=10, test_share=0.9
            )
            result = ClassificationResult(settings)
            seen.add(result.fit.only_shares)
            if result.fit.only_shares:
                shares = result.parts.train.y.mean()
                np.testing.assert_allclose(result.fit.test, shares)
                assert verdict(result).heading == "Too few points of one class."
                break
    assert True in seen


@settings(max_examples=examples(100))
@given(st.data())
def test_judgements_agree_with_scikit_learn(data):
    count = data.draw(st.integers(4, 200))
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    labels = rng.random(count) < 0.5
    labels[:2] = [False, True]
    # Ties, and the ends of the range, are where two ways of counting part.
    probability = np.round(rng.random(count), 2)
    threshold = round(data.draw(st.floats(0.05, 0.95)), 2)
    judged = ClassificationMetrics(labels, probability, threshold)
    called = probability >= threshold
    np.testing.assert_array_equal(judged.confusion_matrix, metrics.confusion_matrix(labels, called))
    assert judged.accuracy == pytest.approx(metrics.accuracy_score(labels, called))
    assert judged.log_loss == pytest.approx(metrics.log_loss(labels, probability))
    assert judged.auc == pytest.approx(metrics.roc_auc_score(labels, probability))
    assert judged.true_positive_rate == pytest.approx(metrics.recall_score(labels, called))
    if called.any():
        assert judged.precision == pytest.approx(metrics.precision_score(labels, called))
    else:
        assert judged.precision is judged.precision_recall_point is None
    false, true, _ = metrics.roc_curve(labels, probability, drop_intermediate=False)
    np.testing.assert_allclose(judged.roc_curve.x, false)
    np.testing.assert_allclose(judged.roc_curve.y, true)
    precision, recall, _ = metrics.precision_recall_curve(labels, probability)
    np.testing.assert_allclose(judged.precision_recall_curve.x, recall[:-1])
    np.testing.assert_allclose(judged.precision_recall_curve.y, precision[:-1])
    every = [*np.unique(probability), 1.1]
    best = max(np.mean((probability >= value) == labels) for value in every)
    assert judged.at_threshold(judged.best_threshold).accuracy == pytest.approx(best)
    share, mean = calibration_curve(labels, probability, n_bins=CALIBRATION_BINS)
    np.testing.assert_allclose(judged.calibration_curve[0], mean)
    np.testing.assert_allclose(judged.calibration_curve[1], share)
    assert judged.calibration_curve[2].sum() == count


def test_without_both_classes_there_is_no_roc():
    judged = ClassificationMetrics(np.ones(5, dtype=bool), np.linspace(0.2, 0.9, 5), 0.5)
    assert judged.auc is None
    assert len(judged.roc_curve.x) == len(judged.precision_recall_curve.x) == 0
    assert judged.roc_point is None
    assert judged.false_positive_rate is None
    assert judged.true_positive_rate == 0.6
    assert (
        ClassificationMetrics(~judged.labels, judged.probability, 0.5).precision_recall_point
        is None
    )
    assert np.isfinite(judged.log_loss)


def test_importances_are_coefficients():
    model = ClassModelSettings(polynomial=2)
    found = ClassificationResult(ClassificationSettings(model=model)).importances
    train = split_points(DATA, SPLIT).train
    estimator = plain(model, train, DATA.seed).fit(train.X, train.y)
    assert found.names == ["x1", "x2", "x1^2", "x1 x2", "x2^2"]
    np.testing.assert_allclose(found.values, estimator[-1].coef_[0], rtol=1e-6)


@pytest.mark.parametrize("kind", ["neighbours", "svm", "tree", "forest"])
@pytest.mark.parametrize("threshold", [0.5, 0.22])
def test_importances_are_what_shuffling_costs_at_the_threshold(kind, threshold):
    model, parts = ClassModelSettings(kind=kind, trees=20), split_points(DATA, SPLIT)
    fit = fitted(model)
    found = feature_importance(fit, ClassificationMetrics(parts.test.y, fit.test, threshold))
    expected = permutation_importance(
        plain(model, parts.train, DATA.seed).fit(parts.train.X, parts.train.y),
        parts.test.X,
        parts.test.y,
        scoring=lambda e, X, y: np.mean((e.predict_proba(X)[:, 1] >= threshold) == y),
        n_repeats=REPEATS,
        random_state=DATA.seed,
    )
    np.testing.assert_allclose(found.values, expected.importances_mean)
    assert np.abs(found.values).min() > 0.01


@given(st.integers(1, 6))
def test_scaled_logistic_is_the_plain_pipeline(degree):
    X = make_points(DATA).X
    y = make_points(DATA).y
    ours = ScaledLogistic(degree, LogisticRegression(solver="newton-cholesky")).fit(X, y)
    scaled = make_pipeline(PolynomialFeatures(degree, include_bias=False), StandardScaler())
    estimator = make_pipeline(scaled, LogisticRegression(solver="newton-cholesky")).fit(X, y)
    np.testing.assert_allclose(ours.solver.coef_, estimator[-1].coef_, rtol=1e-9)
    np.testing.assert_allclose(ours.probability(X), estimator.predict_proba(X)[:, 1], rtol=1e-9)
    assert ours.names() == list(scaled[0].get_feature_names_out(["x1", "x2"]))


def test_shades_interpolate_linearly_between_the_middles_of_the_cells():
    from matplotlib.figure import Figure

    values = np.random.default_rng(1).random((5, 7))
    palette = np.arange(20 * 4, dtype=np.uint8).reshape(20, 4)
    shades = ShadedImage(Figure().add_subplot(), palette)
    shades.set_values(values)
    rows, columns = ((np.arange(n) + 0.5) / n * c - 0.5 for n, c in ((60, 5), (91, 7)))
    along = np.array([np.interp(columns, np.arange(7), row) for row in values])
    smooth = np.array([np.interp(rows, np.arange(5), column) for column in along.T]).T
    np.testing.assert_array_equal(shades.pixels(60, 91), palette[(smooth * 20).astype(int)])


def test_shades_are_looked_up_in_the_palette():
    from matplotlib.figure import Figure

    palette = np.arange(40, dtype=np.uint8).reshape(10, 4)
    shades = ShadedImage(Figure().add_subplot(), palette)
    for value, row in ((0.0, 0), (0.449, 4), (0.551, 5), (1.0, 9)):
        shades.set_values(np.full((2, 2), value))
        assert np.all(shades.pixels(6, 8) == palette[row])
