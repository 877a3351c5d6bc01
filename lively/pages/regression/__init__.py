"""The page on polynomial regression."""

from lively.pages.regression.page import RegressionPage

__all__ = ["RegressionPage"]
