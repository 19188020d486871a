"""One file per layer; the file's name is what a spec writes."""
