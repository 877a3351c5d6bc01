"""The two pictures, for the peers that draw with Plotly."""

from typing import Any

import plotly.graph_objects as go
from same import (
    DEGREE,
    ERROR_HEIGHT,
    ERRORS,
    FIT_HEIGHT,
    LINES,
    POINTS,
    WIDTH,
    X_RANGE,
    Shown,
)

from lively.plotting.style import INK, SOFT, VALIDATION, Limits

#: How Plotly draws what moves, by the names in `same`.
LOOKS: dict[str, dict[str, Any]] = {
    "bars": {"mode": "lines", "line": {"color": VALIDATION}, "showlegend": False},
    "noise": {"mode": "lines", "line": {"color": SOFT, "dash": "dot"}, "name": "noise level"},
}
for name, (label, color) in LINES.items():
    line = {"color": color, "width": 3, "dash": "dash" if name == "truth" else "solid"}
    LOOKS[name] = {"mode": "lines", "line": line, "name": label}
for name, (label, color) in (POINTS | ERRORS).items():
    hollow = name.startswith("test")
    symbol = "diamond-open" if hollow else "circle"
    marker = {"color": color, "size": 8, "symbol": symbol}
    mode = "markers" if name in POINTS else "lines+markers"
    LOOKS[name] = {"mode": mode, "marker": marker, "line": {"color": color}, "name": label}


def picture(lines: dict[str, Any], height: int, x_range: Limits, y_range: Limits) -> go.Figure:
    """Return a figure of some lines with fixed limits and margins."""
    made = go.Figure([go.Scatter(x=x, y=y, **LOOKS[name]) for name, (x, y) in lines.items()])
    made.update_layout(
        template="simple_white", width=WIDTH, height=height, uirevision="kept", hovermode=False,
        margin={"l": 76, "r": 14, "b": 42, "t": 30}, xaxis_range=x_range, yaxis_range=y_range,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0.5, "xanchor": "center"},
    )  # fmt: skip
    return made


def pictures(shown: Shown) -> tuple[go.Figure, go.Figure]:
    """Return the two pictures."""
    fit = picture(shown.fit, FIT_HEIGHT, X_RANGE, shown.fit_limits)
    errors = picture(shown.errors, ERROR_HEIGHT, (0.4, 15.6), shown.error_limits)
    errors.add_vline(DEGREE, line_color=INK, line_width=1.2, opacity=0.6)
    return fit, errors
