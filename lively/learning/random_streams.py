"""One stream of random numbers for each purpose, so that none moves another."""

POSITIONS, NOISE, SPLIT, LABELS, OUTLIERS = 0, 1, 2, 3, 4
REPEATED_POSITIONS, REPEATED_NOISE, FRESH_POSITIONS, FRESH_NOISE = 5, 6, 7, 8
#: Draws from which limits of chance are taken.
CHANCE = 30
