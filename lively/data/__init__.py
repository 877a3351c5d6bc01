"""Settings in, samples out.

Randomness is common: a seed fixes standard draws, one stream for each purpose, and the settings
only transform them. So a control changes what it means and nothing else, and its effect is not
drowned in fresh noise. New draws come from a new seed only.
"""
