"""What pages compute with: data, splits, features, fits, scores."""
