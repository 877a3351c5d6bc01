"""The canvas: what is drawn piece by piece equals what is drawn at once."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from strategies import regression_settings, values

from lively import png
from lively.canvas import LiveCanvas
from lively.figures.fit import FitPicture
from lively.figures.panels import PanelPicture
from lively.results import compute_regression
from lively.settings import RegressionSettings

START = RegressionSettings()
FIELDS = {
    name: field
    for kind in RegressionSettings.groups().values()
    for name, field in kind.model_fields.items()
}


class Screen:
    """A browser's side of a canvas: it keeps the last image and lays differences over it."""

    def __init__(self, kind, width=600, height=240):
        self.picture = kind(width, height)
        self.canvas = LiveCanvas(self.picture)
        self.canvas.send_binary = self.receive
        self.shown, self.full_draws = None, 0
        draw = self.picture.figure.draw

        def counted(renderer):
            self.full_draws += 1
            draw(renderer)

        self.picture.figure.draw = counted

    def receive(self, data):
        image = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
        if self.canvas._image_mode == "full":
            self.shown = image.copy()
        else:
            changed = image[:, :, 3] > 0
            self.shown[changed] = image[changed]

    def show(self, settings):
        self.picture.draw(compute_regression(settings))
        self.canvas.draw()
        return self.shown


KINDS = [FitPicture, PanelPicture]


def walk(start, steps):
    for name, value in steps:
        start = start.replace(**{name: value})
        yield start


STEPS = st.lists(
    st.sampled_from(sorted(FIELDS)).flatmap(
        lambda name: values(FIELDS[name]).map(lambda value: (name, value))
    ),
    min_size=2,
    max_size=8,
)


@pytest.mark.parametrize("kind", KINDS)
@given(start=regression_settings(), steps=STEPS)
@settings(max_examples=25)
def test_a_random_walk_ends_in_the_picture_that_is_drawn_at_once(kind, start, steps):
    walking = Screen(kind)
    walking.show(start)
    for reached in walk(start, steps):
        walking.show(reached)
    np.testing.assert_array_equal(walking.shown, Screen(kind).show(reached))


@pytest.mark.parametrize("kind", KINDS)
def test_a_move_draws_only_what_moves(kind):
    screen = Screen(kind)
    screen.show(START)
    before = screen.full_draws
    for degree in (8, 9, 3):
        screen.show(START.replace(degree=degree))
    assert screen.full_draws == before


@pytest.mark.parametrize("kind", KINDS)
def test_other_limits_size_and_resolution_are_drawn_anew(kind):
    screen = Screen(kind)
    screen.show(START)
    changed = START.replace(function="runge", noise=0.5, degree=4)
    screen.show(changed)
    np.testing.assert_array_equal(screen.shown, Screen(kind).show(changed))
    screen.canvas.resize(500, 300)
    screen.show(changed)
    assert screen.shown.shape == (300, 500, 4)
    np.testing.assert_array_equal(screen.shown, Screen(kind, 500, 300).show(changed))
    screen.canvas._handle_message(
        None, {"type": "set_device_pixel_ratio", "device_pixel_ratio": 2}, []
    )
    screen.show(changed)
    assert screen.shown.shape == (600, 1000, 4)
    fresh = Screen(kind, 500, 300)
    fresh.canvas._handle_message(
        None, {"type": "set_device_pixel_ratio", "device_pixel_ratio": 2}, []
    )
    np.testing.assert_array_equal(screen.shown, fresh.show(changed))


def test_panels_take_turns():
    screen = Screen(PanelPicture)
    for panel in ("degree", "residuals", "coefficients", "predicted", "degree"):
        screen.show(START.replace(panel=panel))
        np.testing.assert_array_equal(
            screen.shown, Screen(PanelPicture).show(START.replace(panel=panel))
        )


def test_moving_artists_are_those_that_change():
    # What is not counted as moving must not move, or it would be drawn too late.
    for kind in KINDS:
        screen = Screen(kind)
        screen.show(START)
        screen.picture.draw(compute_regression(START.replace(degree=12, penalty="ridge")))
        assert not screen.picture.figure.stale


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_png_is_read_back_by_others(width, height, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    image = Image.open(io.BytesIO(png.encode(pixels)))
    image.verify()
    again = np.asarray(Image.open(io.BytesIO(png.encode(pixels))))
    np.testing.assert_array_equal(again, pixels)
