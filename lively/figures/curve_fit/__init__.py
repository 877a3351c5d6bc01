"""The pictures of the curve-fitting page."""
