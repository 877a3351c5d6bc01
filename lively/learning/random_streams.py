"""One stream of random numbers for each purpose, so that none depends on another."""

POSITIONS, NOISE, SPLIT, LABELS, OUTLIERS = 0, 1, 2, 3, 4
REPEATED_POSITIONS, REPEATED_NOISE, FRESH_POSITIONS, FRESH_NOISE = 5, 6, 7, 8
#: Draws of simulated error limits.
ERROR_LIMITS = 30
