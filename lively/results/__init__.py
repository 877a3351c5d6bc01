"""Settings in, everything that a page shows out; each stage is run when it is first looked at."""
