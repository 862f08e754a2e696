"""YAML <-> core: read with line numbers, check, draft."""
