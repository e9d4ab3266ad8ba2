"""The weights that rank: seen and set by people, learned from their decisions, one version at a time."""
