"""The pages: each says which settings, which computation, which pictures and which words."""
