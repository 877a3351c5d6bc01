"""By day and by night: what is written can be read, and pictures lie on their cards' own colour."""

import io

import matplotlib.image
import numpy as np
import pytest
from conftest import ROOT

from lively.serving.built_pages.gallery import pages_in_folder

#: Texts whose contrast with what they stand on is below 4.5, WCAG's bound; what has no effect at
#: present is exempt there, and here.
FAINT = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const [r, g, b, a] = numbers(getComputedStyle(e).backgroundColor);
      if (a === undefined || a > 0.99) return [r, g, b];
    }
    throw new Error("nothing under " + element.textContent);
  };
  const off = ":disabled, [disabled], :has(> .slider-container [disabled]), " +
    ":has(> label > input:disabled)";
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("script, style, noscript, option")) continue;
    if (!element.checkVisibility({visibilityProperty: true}) || element.closest(off)) continue;
    seen += 1;
    const lights = [numbers(getComputedStyle(element).color), ground(element)].map(luminance);
    const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    if (contrast < 4.5) faint.push(`${node.data.trim().slice(0, 40)}: ${contrast.toFixed(2)}`);
  }
  if (seen < 5) throw new Error("hardly a text was seen");
  return faint;
}"""
#: By colour scheme, the colour of cards.
CARDS = {"light": (255, 255, 255), "dark": (26, 26, 26)}


def shot(locator):
    """Return the pixels of an element on the screen: red, green and blue, 0 to 255."""
    pixels = matplotlib.image.imread(io.BytesIO(locator.screenshot()))
    return np.rint(pixels[..., :3] * 255).astype(int)


@pytest.fixture(scope="module")
def addresses(server):
    """The front page, a mistyped address and all pages."""
    found = pages_in_folder(ROOT / "dashboards")
    assert found
    return ["voila/tree", "voila/render/nothing", *(entry.address for entry in found)]


def test_what_is_written_can_be_read_by_day_and_by_night(server, visit, addresses):
    for address in addresses:
        tab = visit(server.url + address)
        if address.endswith(".ipynb"):
            tab.wait_for_pictures()
        for scheme, card in CARDS.items():
            tab.page.emulate_media(color_scheme=scheme)
            assert tab.page.evaluate(FAINT) == [], (address, scheme)
            for picture in tab.page.locator(".lively-picture").all():
                np.testing.assert_allclose(shot(picture)[2, 2], card, atol=1)
        tab.close()
