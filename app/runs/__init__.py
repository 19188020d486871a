"""Runs as the window sees them: a thread follows the folder, and views listen to a model."""
