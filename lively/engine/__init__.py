"""Settings, undo, the loop and slow work: no widget, no picture, no model."""
