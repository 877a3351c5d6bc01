"""Letters whose room and places are known already: the pixels are matplotlib's own."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from lively.plotting.text_cache import CachedTextRenderer


def made():
    """Return a figure with all kinds of texts that the pages have, and some that they have not."""
    figure = Figure(figsize=(6.1, 4.3), dpi=72)
    ax = figure.add_subplot()
    ax.set(xlabel="degree", ylabel="coefficient (scaled)", title="α = 10⁻³ · $x^2$", yscale="log")
    (line,) = ax.plot([1, 2, 3], [1, 100, 30], label="cross-validation ± s.e.")
    ax.legend([line], ["two\nlines"])
    ax.text(2, 20, "turned", rotation=33)
    ax.text(1.2, 3, "▲ beyond ✓", weight="bold", style="italic", family=["serif", "sans-serif"])
    ax.text(1.2, 8, "VAfi", fontsize=17.3)
    if hasattr(Text, "set_fontfeatures"):
        ax.text(1.2, 15, "VAfi", fontfeatures=["-kern", "-liga"])
    return figure


@pytest.mark.parametrize("dpi", [72, 144, 90])
def test_every_pixel_is_matplotlib_s(dpi):
    figure, ours = made(), made()
    figure.dpi = ours.dpi = dpi
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    wanted = np.asarray(canvas.buffer_rgba())
    for width in (5.2, 6.1):
        # Another renderer finds what the one before has measured.
        ours.set_size_inches(width, 4.3)
        renderer = CachedTextRenderer(*ours.bbox.size, dpi)
        ours.draw(renderer)
    np.testing.assert_array_equal(np.asarray(renderer.buffer_rgba()), wanted)
