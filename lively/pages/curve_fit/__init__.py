"""The page on curve fitting."""

from lively.pages.curve_fit.page import CurveFitPage

__all__ = ["CurveFitPage"]
