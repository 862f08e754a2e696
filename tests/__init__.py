"""The tests: each reads as a sentence and touches what a user touches."""
