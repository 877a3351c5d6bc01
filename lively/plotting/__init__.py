"""What pages draw with; every artist takes arrays."""
