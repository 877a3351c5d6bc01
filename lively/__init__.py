"""Interactive machine-learning pages that teach by letting people move things."""

__version__ = "0.1.0"
