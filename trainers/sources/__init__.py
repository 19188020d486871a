"""Source kinds: where rows come from. One file is one kind."""
