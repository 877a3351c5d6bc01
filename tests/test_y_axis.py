"""The scale of y: other limits are drawn without the rest, and as matplotlib draws them."""

import io

import matplotlib.image
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import values
from test_canvas import Screen
from thorough import examples

from lively.pages.curve_fit.fit_figure import CurveFitFigure
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.settings import CurvePageSettings
from lively.pages.curve_fit.tab_figures import CurveFitTabs
from lively.ui.screens import PictureShape

START = CurvePageSettings()
KINDS = [CurveFitFigure, CurveFitTabs]
FIELDS = {
    name: field
    for kind in (CurvePageSettings.groups()["data"], CurvePageSettings.groups()["view"])
    for name, field in kind.model_fields.items()
}
STEPS = st.lists(
    st.sampled_from(sorted(FIELDS)).flatmap(
        lambda name: values(FIELDS[name]).map(lambda value: (name, value))
    ),
    min_size=1,
    max_size=5,
)


def show(screen, chosen):
    """Show settings, and return the pixels that a browser has then."""
    return screen.draw(CurveFitResult(chosen))


def saved(screen):
    """Return the picture as matplotlib saves it, all in one go and in its own order."""
    figure, image = screen.picture.figure, io.BytesIO()
    figure.savefig(image, format="png", dpi=figure.dpi)
    image.seek(0)
    return np.round(matplotlib.image.imread(image) * 255)


@pytest.mark.parametrize("kind", KINDS)
def test_other_limits_are_drawn_without_the_rest(kind):
    screen = Screen(kind)
    show(screen, START)
    before, ax = screen.full_draws, screen.picture.figure.axes[0]
    seen = set()
    for noise in (0.6, 0.6, 1.0, 0.0):
        chosen = START.replace(noise=noise)
        np.testing.assert_array_equal(show(screen, chosen), show(Screen(kind), chosen))
        seen.add(ax.get_ylim())
    assert len(seen) == 3
    assert screen.full_draws == before
    np.testing.assert_array_equal(screen.shown, saved(screen))


@pytest.mark.parametrize("kind", KINDS)
@given(steps=STEPS)
@settings(max_examples=examples(15))
def test_a_random_walk_ends_in_the_picture_that_is_drawn_at_once(kind, steps):
    walking, chosen = Screen(kind), START
    show(walking, chosen)
    for name, value in steps:
        chosen = chosen.replace(**{name: value})
        show(walking, chosen)
    np.testing.assert_array_equal(walking.shown, show(Screen(kind), chosen))


def test_size_and_resolution_are_drawn_anew():
    screen = Screen(CurveFitFigure)
    show(screen, START)
    screen.canvas.fit(PictureShape(500, 300, 1))
    chosen = START.replace(noise=0.8)
    np.testing.assert_array_equal(
        show(screen, chosen), show(Screen(CurveFitFigure, 500, 300), chosen)
    )
    doubled = PictureShape(500, 300, 2)
    screen.canvas.fit(doubled)
    assert show(screen, START).shape == (600, 1000, 4)
    np.testing.assert_array_equal(screen.shown, show(Screen(CurveFitFigure, *doubled), START))
