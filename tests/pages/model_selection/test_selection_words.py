"""Words and pictures of every panel of the page on choosing a model."""

import numpy as np
import pytest
from hypothesis import given, settings
from selection import START
from strategies import page_settings
from thorough import examples, quick_are

from lively.engine.formatting import format_percent
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.fit_figure import SelectionFitFigure
from lively.pages.model_selection.names import short_value_text
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.settings import CRITERIA, SelectionSettings, SelectionView
from lively.pages.model_selection.tab_figures import SelectionTabs
from lively.pages.model_selection.text import fit_text, panel_text, table_rows
from lively.pages.model_selection.verdicts import verdict

PANELS = [name for name, _ in SelectionView.model_fields["panel"].metadata[0].labels]


def test_percent():
    assert [format_percent(v) for v in (0.0, 0.034, 0.0004, 0.12, 0.755, 2.5)] == [
        "0.0 %", "3.4 %", "0.0 %", "12 %", "75.5 %", "250 %",
    ]  # fmt: skip


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("penalty", quick_are(["lasso"], "none", "ridge"))
def test_words_and_pictures_of_every_panel(panel, penalty, monkeypatch):
    monkeypatch.setattr("lively.pages.model_selection.selection_frequency.DATA_SETS", 3)
    settings = START.replace(panel=panel, penalty=penalty, degree=5, seed=40 + PANELS.index(panel))
    bare = SelectionResult(settings)
    result = SelectionResult(settings, (bare.look,))
    shares = list(result.steps())
    assert shares == sorted(shares)
    assert shares[-1] == 1
    said = verdict(result)
    assert str(said) in panel_text(result)
    assert "test R²" in fit_text(result)
    assert "hidden" in fit_text(bare)
    panels, picture = SelectionTabs(914, 232), SelectionFitFigure(914, 308)
    panels.draw(result)
    picture.draw(result)
    panels.figure.draw_without_rendering()
    assert next(ax.get_label() for ax in panels.figure.axes if ax.get_visible()).startswith(panel)
    assert len(picture.test.get_xdata()) == len(result.parts.test.x)
    picture.draw(bare)
    assert len(picture.test.get_xdata()) == 0
    words = table_rows(result)
    assert {len(row) for row in words} == {len(CRITERIA) + 2}


@given(page_settings(SelectionSettings))
@settings(max_examples=examples(20))
def test_whatever_the_settings_there_are_words_pictures_and_no_warning(page):
    # Of a size that is quick.
    most = 60 if page.model.penalty in ("lasso", "elastic") else 200
    panel = "curves" if page.view.panel == "picks" else page.view.panel
    page = page.replace(samples=min(page.data.samples, most), panel=panel)
    result = SelectionResult(page, (SelectionResult(page).look,))
    for _ in result.steps():
        pass
    assert np.all(np.isfinite(result.criteria.truth))
    for text in (str(verdict(result)), panel_text(result), fit_text(result)):
        assert text.endswith((".", "…"))
        assert "nan" not in text
    panels, picture = SelectionTabs(390, 250), SelectionFitFigure(390, 270)
    panels.draw(result)
    picture.draw(result)
    panels.figure.draw_without_rendering()


def test_looks_beyond_the_axis_are_marked_at_its_edge():
    seen = tuple(SelectionResult(START.replace(degree=degree)).look for degree in (5, 1, 6))
    panels = SelectionTabs(914, 232)
    panels.draw(SelectionResult(START.replace(panel="looks"), seen))
    panel = panels.panels["looks"]
    top = panel.ax.get_ylim()[1]
    for points, far in zip((panel.shown, panel.true), panel.beyond, strict=True):
        values = points.get_ydata()
        assert np.isnan(values).tolist() == [False, True, False]
        assert np.nanmax(values) <= top
        assert far.get_xdata().round().tolist() == [2]
        assert far.get_ydata().tolist() == [top]
    assert len(panel.bars.get_segments()) == 2


def test_a_small_alpha_is_short_in_the_table():
    family = CandidateFamily.of(START.model.replace(penalty="ridge"))
    written = [short_value_text(family, place) for place in range(len(family.values))]
    assert written == [
        "1\u2009000", "320", "100", "32", "10", "3.2", "1", "0.32", "0.1", "0.032", "0.01",
        "3·10⁻³", "10⁻³", "3·10⁻⁴", "10⁻⁴",
    ]  # fmt: skip
    assert short_value_text(CandidateFamily("none"), 11) == "12"
