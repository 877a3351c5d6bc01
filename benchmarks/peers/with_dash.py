"""Dash and Plotly: a callback that patches the figures, while the slider is dragged."""

from dash import Dash, Input, Output, Patch, dcc, html
from plotly_figures import pictures
from same import HIGHEST, LOWEST, SIGMA, START, STEP, show

from lively.arrays import Array
from lively.plotting.style import Limits

app = Dash(__name__, backend="fastapi", websocket_callbacks=True)
server = app.server
start = show(START)
quiet = {"displayModeBar": False}
slider = dcc.Slider(LOWEST, HIGHEST, STEP, value=START, id="noise", marks=None, updatemode="drag")
app.layout = html.Div(
    [
        html.Label(SIGMA),
        slider,
        html.Span(start.texts[0], id="training"),
        html.Span(start.texts[1], id="test"),
        *(
            dcc.Graph(id=name, figure=figure, config=quiet)
            for name, figure in zip(("fit", "errors"), pictures(start), strict=True)
        ),
    ],
    style={"width": "914px"},
)


def patch(heights: list[Array], limits: Limits) -> Patch:
    """Return what changes in a figure: the heights of its lines, and the limits of y."""
    made = Patch()
    for place, y in enumerate(heights):
        made["data"][place]["y"] = y
    made["layout"]["yaxis"]["range"] = limits
    return made


@app.callback(  # type: ignore[untyped-decorator]
    Output("fit", "figure"),
    Output("errors", "figure"),
    Output("training", "children"),
    Output("test", "children"),
    Input("noise", "value"),
    prevent_initial_call=True,
)
def update(noise: float) -> tuple[Patch, Patch, str, str]:
    """Return the changes for a level of noise."""
    shown = show(noise)
    return (
        patch([y for _, y in shown.fit.values()], shown.fit_limits),
        patch([y for _, y in shown.errors.values()], shown.error_limits),
        *shown.texts,
    )
