"""The pages that everyone sees: what the alliance is, whom it knows, what it could do for a problem."""
