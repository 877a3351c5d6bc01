"""The page on model selection."""

from lively.pages.model_selection.page import ModelSelectionPage

__all__ = ["ModelSelectionPage"]
