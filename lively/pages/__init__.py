"""The pages: each says which settings, which computation, which pictures and which words."""


def warm_up() -> None:
    """Make one page and its poster: what libraries make at first use is there for all from then on.

    It may be any page; they use the same widgets, and nearly the same parts of matplotlib.
    """
    from lively.pages.regression import RegressionPage

    RegressionPage()._repr_mimebundle_()
