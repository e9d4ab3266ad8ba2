"""What account managers look at over all features: what waits, and what to check before deciding."""
