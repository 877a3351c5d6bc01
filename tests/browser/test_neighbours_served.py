"""The page on nearest neighbours as its visitors have it."""

import pytest

from lively.pages.neighbours import NeighboursPage


@pytest.fixture(scope="module")
def kind():
    return NeighboursPage


def test_a_click_on_the_curves_goes_there(page):
    box = page.page.locator(".lively-panel").bounding_box()
    # Left of the axes' middle in the logarithm, where there are no other k than 3 and 4 nearby.
    page.page.mouse.click(box["x"] + 0.37 * box["width"], box["y"] + box["height"] / 2)
    page.shows(k=3)


def test_few_training_points_are_said_at_the_control(page):
    page.button("Keep ten training points").click()
    page.shows(test_share=0.9, k=10)
    page.control("Neighbours k").press("ArrowRight")
    page.shows(test_share=0.9, k=11)
