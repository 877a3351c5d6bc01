"""The settings of the pages: every range, step, label, default and help stands here, once."""
