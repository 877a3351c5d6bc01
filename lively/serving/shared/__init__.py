"""What server and forked processes have in common: how they talk, and what a visit may take."""
