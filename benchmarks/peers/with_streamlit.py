"""Streamlit and Plotly: a fragment, which alone is run anew when the slider moves."""

import streamlit as st
from plotly_figures import pictures
from same import HIGHEST, LOWEST, SIGMA, START, STEP, show

st.set_page_config(layout="wide")


@st.fragment  # type: ignore[untyped-decorator]
def page() -> None:
    """Show the slider, the texts and the pictures."""
    shown = show(st.slider(SIGMA, LOWEST, HIGHEST, START, STEP))
    for column, text in zip(st.columns(2), shown.texts, strict=True):
        column.text(text)
    for key, figure in zip(("fit", "errors"), pictures(shown), strict=True):
        st.plotly_chart(
            figure, width="content", theme=None, key=key, config={"displayModeBar": False}
        )


page()
