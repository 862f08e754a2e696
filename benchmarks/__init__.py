"""Benchmarks: the search measured beside others, and part by part. Nothing here runs in the bot."""
