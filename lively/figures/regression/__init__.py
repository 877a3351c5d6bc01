"""The pictures of the regression page."""
