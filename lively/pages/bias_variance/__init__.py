"""The page on bias and variance."""

from lively.pages.bias_variance.page import BiasVariancePage

__all__ = ["BiasVariancePage"]
