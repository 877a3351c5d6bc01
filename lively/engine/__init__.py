"""What drives a page; knows no widget, no figure and no model.

- `fields`: grids, choices and intervals, declared in the annotations of settings
- `settings`: settings as frozen, validated values, and their error texts
- `history`: undo and redo
- `controller`: one change of settings, from the check to the drawing
- `incremental`: long computations in steps
- `parallel`: many tasks, on joblib's backends
- `background`: steps in a background thread, for a limited time
- `formatting`: numbers and equations as text
"""
