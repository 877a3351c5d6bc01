"""Processes that are forked: pages, visits, kernels; and how the server asks for them."""
