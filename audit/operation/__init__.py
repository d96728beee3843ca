"""How well it all runs, and what keepers should know of."""
