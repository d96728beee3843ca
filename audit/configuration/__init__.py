"""Settings of behaviour, as versions: what there are, what is in force, what was."""
