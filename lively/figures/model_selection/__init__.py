"""The pictures of the page on choosing a model."""
