"""Results in, pictures out: artists are made once and then only moved."""
