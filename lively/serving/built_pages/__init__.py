"""The pages that the server has: found, built, kept, rendered, and built anew when files change."""
