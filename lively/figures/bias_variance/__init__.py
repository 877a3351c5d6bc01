"""The pictures of the page on bias and variance."""
