"""Every legend is whole, on a large screen and on a phone."""

import pytest
from registry import FEWER, PAGES, panels
from thorough import quick_are

from lively.ui.screens import PictureShape

#: Width and height of both pictures on a screen of 1280 x 800, and on phones.
SCREENS = {"desktop": [(914, 338), (914, 232)]}
SCREENS |= {f"phone {width}": [(width, 270), (width, 250)] for width in (294, 334, 364, 404)}


@pytest.mark.parametrize(
    "screen", quick_are(["phone 364"], *(each for each in SCREENS if each != "phone 364"))
)
@pytest.mark.parametrize("name", sorted(PAGES))
def test_no_legend_is_cut_off(name, screen, monkeypatch):
    for setting, number in FEWER.items():
        monkeypatch.setattr(setting, number)
    page = PAGES[name](samples=20)
    for view, (width, height) in zip(page.pictures, SCREENS[screen], strict=True):
        view.canvas.fit(PictureShape(width, height, 1.0), anew=True)
    for change in panels(type(page.controller.settings)):
        page.controller.change(**change)
        for view in page.pictures:
            figure = view.picture.figure
            view.canvas.paint()
            for ax in figure.axes:
                legend = ax.get_legend()
                if ax.get_visible() and legend is not None and legend.get_visible():
                    box = legend.get_window_extent(view.canvas.get_renderer())
                    assert box.x0 >= 0, (change, view.picture)
                    assert box.x1 <= figure.bbox.width, (change, view.picture)
    page.close()
