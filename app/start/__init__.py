"""The start page: drop data, try a sample, or go on where you left off."""
