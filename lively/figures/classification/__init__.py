"""The pictures of the classification page."""
