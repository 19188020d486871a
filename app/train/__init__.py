"""The Train room: curves, confusion matrix, classes, machine of one run, live or finished."""
