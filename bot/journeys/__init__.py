"""One file per journey: the only place where matching, knowledge and store meet."""
