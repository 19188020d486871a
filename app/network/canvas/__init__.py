"""The canvas: a picture of the network, drawn from the text; it edits nothing but the text."""
