"""What the numbers say, in sentences: computed from the result, never more than it shows."""
