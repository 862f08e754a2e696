"""One cog a concern; none imports another."""
