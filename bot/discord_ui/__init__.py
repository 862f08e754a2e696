"""Everything that imports discord: client, rendering, buttons, errors, cogs."""
