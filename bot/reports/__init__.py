"""Pages and pictures that are made from the log and the library."""
