"""One file per provider: pure translation between its words and ours."""
