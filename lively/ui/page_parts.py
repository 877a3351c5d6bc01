"""What a page is put together from: cards of controls, score cards, figures, tabs and notes."""

import html
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import ipywidgets as widgets

from lively.engine.controller import Controller
from lively.engine.fields import SEED_COUNT, Grid, bounds, find_metadata
from lively.learning.scores import Score
from lively.plotting.live_figure import ResultFigure
from lively.ui.controls import Controls
from lively.ui.score_cards import score_markup
from lively.ui.verdict import Verdict
from lively.ui.views import FigureView, Slow, TextView, View, styled_box


class PageResult(Protocol):
    """What a page shows for one value of its settings.

    Usually a frozen dataclass with one field, `settings`; everything else is a
    `functools.cached_property`, so that what nobody looks at costs nothing.
    """

    @property
    def settings(self) -> Any:
        """The page's settings, which the result belongs to."""


Result = TypeVar("Result", bound=PageResult)

#: A row of a card: a setting by its name, several settings side by side, or any widget.
Row = str | tuple[str, ...] | Any
#: Makes a figure of a width and a height in pixels.
MakeFigure = Callable[[int, int], ResultFigure[Result]]

#: Pixels of figures on a screen of 1280 x 800 pixels, for which pages are drawn ahead; the browser
#: says when there is other room. The heights are those of the style sheet.
FIGURE_WIDTH, FIT_HEIGHT, PANEL_HEIGHT = 914, 338, 232


def make_button(text: str, clicked: Callable[[], None], help: str = "") -> widgets.Button:
    """Return a button that calls `clicked`."""
    made = widgets.Button(description=text, tooltip=help)
    made.add_class("lively-button")
    made.on_click(lambda _: clicked())
    return made


def compute_stages(result: object) -> Iterator[float]:
    """Compute the cached properties of a result, one after the other; yield the share done."""
    names = [
        name
        for kind in reversed(type(result).__mro__)
        for name, value in vars(kind).items()
        if isinstance(value, cached_property)
    ]
    for i, name in enumerate(names):
        getattr(result, name)
        yield (i + 1) / len(names)


class PageParts(Generic[Result]):
    """Makes the parts of a page from the settings and the result.

    Attributes
    ----------
    cards : dict of str to rows, or None
        The cards of the left column, by their titles. None makes a card of every group of settings
        but `view`, with the seeds last.
    seed_buttons : dict of str
        What stands on the button beside a seed, by the seed's name, where it is not "New sample",
        "New split" or the like.
    scores_style : str
        Class names of the row of cards above the figures.
    fit_height : int
        Height of the first figure on a screen of 1280 x 800, in pixels.
    """

    cards: ClassVar[dict[str, tuple[Row, ...]] | None] = None
    seed_buttons: ClassVar[dict[str, str]] = {}
    scores_style: ClassVar[str] = "lively-scores"
    fit_height: ClassVar[int] = FIT_HEIGHT

    controls: Controls
    controller: Controller[Result]
    views: Sequence[View[Result]]
    pictures: Sequence[FigureView[Result]]

    # Views

    def score(
        self,
        name: str,
        read: Callable[[Result], Score],
        slow: Slow[Result] = True,
        converged: Callable[[Result], bool] = lambda result: True,
    ) -> TextView[Result]:
        """Return a card with a score: R² and RMSE.

        Parameters
        ----------
        name : str
            "Training" or "Test"; its mark is that of the points.
        read : callable
            Takes the result; returns the score.
        slow : bool or callable
            As in `View`.
        converged : callable
            Takes the result; returns whether the fit converged, which is said if it did not.
        """
        return TextView[Result](
            lambda result: score_markup(name, read(result), converged(result)), "lively-card", slow
        )

    def verdict_card(
        self, judge: Callable[[Result], Verdict], slow: Slow[Result] = True
    ) -> TextView[Result]:
        """Return the card with the sentence on the result."""
        return TextView[Result](
            lambda result: judge(result).markup(), "lively-card lively-verdict", slow
        )

    def note(
        self,
        under: str,
        write: Callable[[Result], str],
        style: str = "lively-note",
        slow: Slow[Result] = True,
    ) -> TextView[Result]:
        """Return a sentence below the control of the setting `under`, or nothing while it is "".

        It says at the control what only the result knows.
        """
        return TextView[Result](lambda result: html.escape(write(result)), style, slow, under)

    def figure(
        self,
        make: MakeFigure[Result],
        describe: Callable[[Result], str],
        slow: Slow[Result] = True,
        style: str = "lively-fit",
        above: Sequence[widgets.DOMWidget] = (),
    ) -> FigureView[Result]:
        """Return a figure on a card of its own, which changes settings when it is clicked.

        Parameters
        ----------
        make : callable
            Takes width and height in pixels; returns the figure.
        describe : callable
            Takes the result; returns what the figure shows, for those who do not see it.
        slow : bool or callable
            As in `View`.
        style : str
            ``lively-fit`` for the first figure, ``lively-panel`` for one below it, which is lower.
        above : sequence of widgets
            What stands above the figure on its card.
        """
        height = self.fit_height if style == "lively-fit" else PANEL_HEIGHT
        picture = make(FIGURE_WIDTH, height)
        picture.figure.canvas.mpl_connect("button_press_event", self._clicked)
        return FigureView[Result](picture, describe, style, above, slow)

    def tabs(
        self,
        make: MakeFigure[Result],
        describe: Callable[[Result], str],
        slow: Slow[Result] = True,
        beside: Sequence[View[Result]] = (),
        above: Sequence[widgets.DOMWidget] = (),
    ) -> FigureView[Result]:
        """Return a figure whose plots take turns, below the row of tabs of the setting `panel`.

        Parameters
        ----------
        make, describe, slow
            As in `figure`.
        beside : sequence of View
            What stands to the right of the tabs.
        above : sequence of widgets
            What else stands above the figure on its card.
        """
        row = self.controls.widgets["panel"]
        row.add_class("lively-tabs")
        if beside:
            row = styled_box(row, *(view.widget for view in beside), style="lively-row")
        return self.figure(make, describe, slow, "lively-panel", [row, *above])

    def _clicked(self, event: Any) -> None:
        for view in self.pictures:
            change = view.picture.clicks.get(event.inaxes)
            # What is dimmed may have other axes than those that are on their way.
            if change is not None and not view.stale:
                self.controller.change(**change(self.controller.result, event.xdata))

    # Controls

    def arrange_controls(self) -> Sequence[widgets.DOMWidget]:
        """Return the cards of the left column."""
        cards = self.default_cards() if self.cards is None else self.cards
        return [self.card(title, *rows) for title, rows in cards.items()]

    def default_cards(self) -> dict[str, tuple[Row, ...]]:
        """Return a card for every group of settings but `view`."""
        found: dict[str, tuple[Row, ...]] = {}
        for name, kind in self.controls.groups.items():
            if name != "view":
                fields: list[str] = sorted(kind.model_fields, key=self._is_seed)
                found[name.replace("_", " ").capitalize()] = tuple(fields)
        return found

    def card(self, title: str, *rows: Row) -> widgets.Box:
        """Return a card of controls, each with the notes that belong to it.

        Parameters
        ----------
        title : str
        *rows : str, tuple of str or widget
            A setting by its name; settings of a second rank, two in a row; or any widget.
        """
        heading = widgets.HTML(f"<h2>{html.escape(title)}</h2>")
        heading.add_class("lively-heading")
        names: list[str] = []
        for row in rows:
            names += [row] if isinstance(row, str) else row if isinstance(row, tuple) else []
        groups = dict.fromkeys(
            group for name in names for group, kind in self.controls.groups.items()
            if name in kind.model_fields
        )  # fmt: skip
        shown = [widget for row in rows for widget in self._row(row)]
        reasons = [self.controls.notes[group] for group in groups]
        return styled_box(heading, *shown, *reasons, style="lively-card lively-column lively-group")

    def _row(self, row: Row) -> list[widgets.DOMWidget]:
        """Return the widgets of a row of a card, and of the notes under it."""
        if isinstance(row, tuple):
            return [styled_box(*map(self.controls.widgets.get, row), style="lively-pairs")]
        if not isinstance(row, str):
            return [row]
        control = self.seed_row(row) if self._is_seed(row) else self.controls.widgets[row]
        return [control, *(note.widget for note in self._texts() if note.under == row)]

    def seed_row(self, name: str) -> widgets.Box:
        """Return a seed's control with a button that goes on to the next one."""
        title = str(self.controls.fields[name].title)
        kind = title.lower().removesuffix("seed").strip() or "sample"
        kind += "s" * (kind == "fold")

        def go_on() -> None:
            present = self.controller.settings.flat()[name]
            self.controller.change(**{name: (present + 1) % SEED_COUNT})

        button = make_button(
            self.seed_buttons.get(name, f"New {kind}"), go_on, f"The next {title.lower()}"
        )
        return styled_box(self.controls.widgets[name], button, style="lively-row")

    def _is_seed(self, name: str) -> bool:
        """Say whether a setting is a seed: a number that is typed, below `SEED_COUNT`."""
        field = self.controls.fields[name]
        grid = find_metadata(field, Grid)
        return grid is not None and not grid.slider and bounds(field)[1] == SEED_COUNT - 1

    def _texts(self) -> list[TextView[Result]]:
        return [view for view in self.views if isinstance(view, TextView)]

    # The right column

    def arrange_views(self) -> Sequence[widgets.DOMWidget]:
        """Return the right column: a row of cards with scores and the verdict, then the figures."""
        cards = [view.widget for view in self._texts() if view.is_card]
        noted = {view for view in self._texts() if view.is_card or view.under}
        return [
            styled_box(*cards, style=self.scores_style),
            *(view.widget for view in self.views if view not in noted),
        ]

    def step(self, text: str, **changes: Any) -> widgets.Button:
        """Return a button that sets the page to its start with some settings changed.

        Parameters
        ----------
        text : str
            What stands on the button.
        **changes
            Settings by name.

        Raises
        ------
        SettingsError
            If a name is unknown or a value is not allowed.
        """
        target = self.controller.initial.replace(**changes).flat()
        made = make_button(text, lambda: self.controller.change(**target))
        made.add_class("lively-step")
        return made
