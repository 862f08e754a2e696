"""Tuning: the encoder fitted to a knowledge base, kept as a small file beside it. Only `train` needs torch."""
