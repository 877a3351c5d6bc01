"""What the server answers over HTTP, and what every answer carries."""
