"""Settings: what is allowed, what is said, and that each range stands in one place."""

import math

import pytest
from pydantic import ValidationError

from lively.engine.fields import Choices, Grid, Interval, bounds, find_metadata, requirement
from lively.engine.settings import SettingsError
from lively.learning.data_settings import DataSettings
from lively.learning.split import SplitSettings
from lively.pages.regression.settings import ModelSettings, RegressionSettings

SETTINGS = RegressionSettings()
FIELDS = {
    name: field for kind in SETTINGS.groups().values() for name, field in kind.model_fields.items()
}

#: The labels are a promise: each is also the control's accessible name.
LABELS = {
    "function": "True function",
    "samples": "Samples",
    "x_range": "x range",
    "noise": "Noise σ",
    "noise_mean": "Noise mean",
    "seed": "Seed",
    "test_share": "Test share",
    "split_seed": "Split seed",
    "fold_seed": "Fold seed",
    "degree": "Degree",
    "penalty": "Regularization",
    "alpha": "Strength α",
    "l1_ratio": "L1 ratio",
    "choose_alpha": "Choose α by cross-validation",
    "panel": "Second picture",
    "equation": "Equation",
}


def test_labels_and_help():
    assert {name: field.title for name, field in FIELDS.items()} == LABELS
    assert all(field.description for field in FIELDS.values())


@pytest.mark.parametrize(
    ("name", "low", "high", "default", "step"),
    [
        ("samples", 10, 5000, 50, 0.05),
        ("noise", 0, 10, 5.0, 0.1),
        ("noise_mean", -5, 5, 0.0, 0.1),
        ("test_share", 0.1, 0.9, 0.5, 0.05),
        ("degree", 1, 15, 7, 1),
        ("alpha", 1e-6, 1e3, 0.1, 0.1),
    ],
)
def test_ranges(name, low, high, default, step):
    field = FIELDS[name]
    assert bounds(field) == (low, high)
    assert field.default == default
    assert find_metadata(field, Grid).step == step
    for value in (low, high):
        assert SETTINGS.replace(**{name: value}).flat()[name] == value


def test_choices():
    values = [value for value, _ in find_metadata(FIELDS["function"], Choices).labels]
    assert values == ["demo", "quartic", "line", "sine", "step", "abs", "runge"]
    assert [label for _, label in find_metadata(FIELDS["penalty"], Choices).labels] == [
        "None",
        "Ridge",
        "LASSO",
        "Elastic net",
    ]
    assert [label for _, label in find_metadata(FIELDS["panel"], Choices).labels] == [
        "Error against degree",
        "Residuals",
        "Coefficients",
        "Predicted against actual",
    ]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"degree": 40}, "degree must be an integer between 1 and 15. Got 40 instead."),
        ({"degree": 0}, "degree must be an integer between 1 and 15. Got 0 instead."),
        ({"degree": 2.5}, "degree must be an integer between 1 and 15. Got 2.5 instead."),
        ({"degree": True}, "degree must be an integer between 1 and 15. Got True instead."),
        ({"degree": "7"}, "degree must be an integer between 1 and 15. Got '7' instead."),
        ({"noise": math.nan}, "noise must be a number between 0 and 10. Got nan instead."),
        ({"noise": math.inf}, "noise must be a number between 0 and 10. Got inf instead."),
        ({"noise": None}, "noise must be a number between 0 and 10. Got None instead."),
        ({"alpha": 0.0}, "alpha must be a number between 1e-06 and 1000. Got 0.0 instead."),
        (
            {"penalty": "l0"},
            "penalty must be one of 'none', 'ridge', 'lasso', 'elastic'. Got 'l0' instead.",
        ),
        ({"choose_alpha": 1}, "choose_alpha must be True or False. Got 1 instead."),
        (
            {"x_range": (1.0, 1.2)},
            "x_range must be two numbers between -5 and 5, the second at least 0.5 above the "
            "first. Got (1.0, 1.2) instead.",
        ),
        (
            {"x_range": (2.0, -2.0)},
            "x_range must be two numbers between -5 and 5, the second at least 0.5 above the "
            "first. Got (2.0, -2.0) instead.",
        ),
        (
            {"x_range": (0.0, math.nan)},
            "x_range must be two numbers between -5 and 5, the second at least 0.5 above the "
            "first. Got (0.0, nan) instead.",
        ),
    ],
)
def test_what_is_not_allowed_is_said(changes, text):
    with pytest.raises(SettingsError) as caught:
        SETTINGS.replace(**changes)
    assert str(caught.value) == text
    assert isinstance(caught.value, ValueError)


def test_long_input_is_cut():
    with pytest.raises(SettingsError) as caught:
        SETTINGS.replace(function="x" * 10_000)
    assert len(str(caught.value)) < 200


def test_unknown_names_are_refused():
    with pytest.raises(SettingsError, match="'colour' is not a setting"):
        SETTINGS.replace(colour="red")
    with pytest.raises(SettingsError, match="'colour' is not a setting"):
        DataSettings(colour="red")
    with pytest.raises(SettingsError, match="data must be a DataSettings"):
        RegressionSettings(data=20)


def test_values_lie_exactly_on_their_grid():
    moved = SETTINGS.replace(
        noise=0.1 + 0.2,
        test_share=1 - 0.45,
        alpha=10**-2.9999,
        x_range=(-0.30000000000000004, 0.7),
    ).flat()
    assert (moved["noise"], moved["test_share"], moved["alpha"]) == (0.3, 0.55, 0.001)
    assert moved["x_range"] == (-0.3, 0.7)


def test_frozen_equal_and_hashable():
    same = RegressionSettings().replace(degree=7, noise=5)
    assert same == SETTINGS
    assert hash(same) == hash(SETTINGS)
    with pytest.raises(ValidationError, match="frozen"):
        SETTINGS.data.samples = 20


def test_unchanged_groups_are_kept():
    moved = SETTINGS.replace(degree=3)
    assert moved.data is SETTINGS.data
    assert moved.split is SETTINGS.split


def test_names_are_unique_over_the_groups():
    total = sum(len(kind.model_fields) for kind in SETTINGS.groups().values())
    assert len(FIELDS) == len(SETTINGS.flat()) == total


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_says_what_must_hold(name):
    assert requirement(FIELDS[name])


def test_inactive_settings_give_their_reason():
    assert set(SETTINGS.inactive()) == {"alpha", "choose_alpha", "l1_ratio"}
    assert set(SETTINGS.replace(penalty="ridge").inactive()) == {"l1_ratio"}
    assert SETTINGS.replace(penalty="elastic").inactive() == {}
    chosen = SETTINGS.replace(penalty="elastic", choose_alpha=True).inactive()
    assert chosen == {"alpha": "α is set by cross-validation."}


def test_interval_and_defaults():
    interval = find_metadata(FIELDS["x_range"], Interval)
    assert (interval.low, interval.high, interval.gap) == (-5, 5, 0.5)
    assert SplitSettings().test_share == 0.5
    assert ModelSettings().degree == 7
