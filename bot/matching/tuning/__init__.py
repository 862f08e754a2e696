"""Tuning: the encoder fitted to a knowledge base, kept as a small file. Only `train` needs torch."""
