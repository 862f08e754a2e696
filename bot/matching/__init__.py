"""Question text -> ranked candidates with confidence. Immutable once built."""
