"""Column kinds: how the cells of a column become numbers. One file is one kind."""
