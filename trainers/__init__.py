"""The engine: from a checked network and its data to a run.

A run is a folder and its history is a list of events; the loop that produces them works in a
process of its own. This package imports `nnspec` and never `app` or Qt.
"""
