"""Widgets: controls, pictures and words in the browser."""
