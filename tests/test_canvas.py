"""The canvas: what is drawn piece by piece equals what is drawn at once."""

import io
import json

import matplotlib.image
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import regression_settings, values
from thorough import examples

from lively.pages.regression.fit_figure import FitFigure
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings
from lively.pages.regression.tab_figures import RegressionTabs
from lively.ui import run_length
from lively.ui.canvas import LiveCanvas
from lively.ui.screens import PictureShape

START = RegressionSettings()
FIELDS = {
    name: field
    for kind in RegressionSettings.groups().values()
    for name, field in kind.model_fields.items()
}


def laid(frame, before, shape):
    """Return what a browser shows after a frame."""
    kept = frame.lengths >= run_length.UNCHANGED
    colours = np.zeros(len(kept), "<u4")
    colours[~kept] = frame.colours
    lengths = frame.lengths % run_length.UNCHANGED
    told = np.repeat(colours, lengths).reshape(shape)
    if before is None:
        assert not kept.any()
        return told
    return np.where(np.repeat(kept, lengths).reshape(shape), before, told)


class Screen:
    """A browser's side of a canvas: it keeps the last frame and lays runs over it."""

    def __init__(self, kind, width=600, height=240, ratio=1.0):
        self.shape = PictureShape(width, height, ratio)
        self.picture = kind(width, height)
        self.canvas = LiveCanvas(self.picture)
        self.canvas.send = self.receive
        self.shown, self.sent, self.wholes, self.full_draws = None, [], 0, 0
        draw = self.picture.figure.draw

        def counted(renderer):
            self.full_draws += 1
            draw(renderer)

        self.picture.figure.draw = counted

    def receive(self, content, buffers=None):
        said = json.loads(content["data"])
        if said["type"] != "runs":
            return
        frame = run_length.RunLengthFrame(
            np.frombuffer(buffers[0], "<u2"), np.frombuffer(buffers[1], "<u4")
        )
        self.wholes += "shape" in said
        before = None if "shape" in said else self.shown.view("<u4")[..., 0]
        pixels = laid(frame, before, (said["height"], said["width"]))
        self.shown = np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)
        self.sent.append(sum(map(len, buffers)))

    def show(self, settings):
        return self.draw(RegressionResult(settings))

    def draw(self, result):
        self.picture.draw(result)
        self.canvas.draw()
        if self.shown is None:
            self.canvas.fit(self.shape, anew=True)
        return self.shown


KINDS = [FitFigure, RegressionTabs]


def seen_at(kind, shape, settings):
    """Return the pixels of a picture that is made and drawn in a shape, and never had another."""
    return Screen(kind, *shape).show(settings)


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
@settings(max_examples=examples(25))
def test_a_random_walk_ends_in_the_picture_that_is_drawn_at_once(kind, start, steps):
    walking = Screen(kind)
    walking.show(start)
    for reached in walk(start, steps):
        walking.show(reached)
    np.testing.assert_array_equal(walking.shown, Screen(kind).show(reached))


SHAPES = [
    *(PictureShape(600, 240, 1.0), PictureShape(600, 240, 2.0), PictureShape(500, 300, 1.0)),
    *(PictureShape(914, 232, 1.0), PictureShape(358, 240, 1.5), PictureShape(358, 240, 3.0)),
]
MOVES_AND_SHAPES = st.lists(
    st.one_of(
        st.sampled_from(SHAPES),
        st.sampled_from(["degree", "noise", "panel", "samples", "function"]).flatmap(
            lambda name: values(FIELDS[name]).map(lambda value: (name, value))
        ),
    ),
    min_size=4,
    max_size=14,
)


@pytest.mark.parametrize("kind", KINDS)
@given(start=regression_settings(), steps=MOVES_AND_SHAPES, ahead=st.booleans())
@settings(max_examples=examples(25))
def test_a_random_walk_through_shapes_ends_in_the_picture_that_is_drawn_at_once(
    kind, start, steps, ahead
):
    walking = Screen(kind)
    walking.show(start)
    if ahead:
        walking.canvas.prepare(SHAPES)
        walking.canvas.fit(SHAPES[0], anew=True)
    for step in steps:
        if isinstance(step, PictureShape):
            walking.canvas.fit(step)
        else:
            start = start.replace(**dict([step]))
            walking.show(start)
    np.testing.assert_array_equal(walking.shown, seen_at(kind, walking.canvas.shape, start))


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
    for shape in (PictureShape(500, 300, 1), PictureShape(500, 300, 2)):
        screen.canvas.fit(shape)
        assert screen.shown.shape == (300 * shape.ratio, 500 * shape.ratio, 4)
        np.testing.assert_array_equal(screen.shown, seen_at(kind, shape, changed))


def test_panels_take_turns():
    screen = Screen(RegressionTabs)
    for panel in ("degree", "residuals", "coefficients", "predicted", "degree"):
        screen.show(START.replace(panel=panel))
        np.testing.assert_array_equal(
            screen.shown, Screen(RegressionTabs).show(START.replace(panel=panel))
        )


def test_moving_artists_are_those_that_change():
    # What is not counted as moving must not move, or it would be drawn too late.
    for kind in KINDS:
        screen = Screen(kind)
        screen.show(START)
        screen.picture.draw(RegressionResult(START.replace(degree=12, penalty="ridge")))
        assert not screen.picture.figure.stale


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([2, 300]), st.integers(0, 2**32 - 1))
@settings(max_examples=examples(100))
def test_runs_give_the_pixels_back(width, height, colours, seed):
    rng = np.random.default_rng(seed)
    before, after = rng.integers(0, colours, (2, height, width), dtype=np.uint32)
    for frame, on in ((run_length.encode(after), None), (run_length.encode(after, before), before)):
        np.testing.assert_array_equal(laid(frame, on, after.shape), after)
        lengths = frame.lengths.astype(int) % run_length.UNCHANGED
        assert lengths.sum() == after.size
        # No run crosses the end of a row.
        assert set(range(0, after.size, width)) <= set(np.cumsum(lengths) - lengths)


def test_a_run_is_as_long_as_it_can_be():
    frame = run_length.encode(
        np.array([[5, 5, 7, 7, 7, 9]], "u4"), np.array([[5, 5, 5, 5, 7, 8]], "u4")
    )
    kept = run_length.UNCHANGED
    assert frame.lengths.tolist() == [2 + kept, 2, 1 + kept, 1]
    assert frame.colours.tolist() == [7, 9]


def test_an_equal_frame_tells_nothing():
    screen = Screen(FitFigure)
    screen.show(START)
    whole = screen.sent[-1]
    screen.show(START)
    assert screen.sent[-1] < whole / 20


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_script_the_browser_asks_for_images(kind):
    picture = kind(600, 240)
    canvas = LiveCanvas(picture)
    sent = []
    canvas.send_binary, canvas.send = sent.append, lambda content, buffers=None: None
    picture.draw(RegressionResult(START))
    canvas.refresh()
    assert sent == []
    canvas.receive(canvas, {"type": "draw"}, [])
    (image,) = sent
    np.testing.assert_array_equal(
        matplotlib.image.imread(io.BytesIO(image)) * 255, Screen(kind).show(START)
    )


def test_matplotlib_s_own_pan_is_drawn_anew():
    # The pages show no toolbar, but a notebook may.
    screen, fresh = Screen(FitFigure), Screen(FitFigure)
    screen.show(START)
    ax = screen.picture.ax
    ax.start_pan(300, 120, 1)
    ax.drag_pan(1, None, 260, 150)
    ax.end_pan()
    screen.canvas.draw()
    fresh.show(START)
    fresh.picture.ax.set_xlim(ax.get_xlim())
    fresh.picture.ax.set_ylim(ax.get_ylim())
    fresh.canvas.draw()
    assert ax.get_xlim() != (-5.25, 5.25)
    np.testing.assert_array_equal(screen.shown, fresh.shown)
