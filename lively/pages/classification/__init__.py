"""The page on classification."""

from lively.pages.classification.page import ClassificationPage

__all__ = ["ClassificationPage"]
