"""Settings in, fits out."""
