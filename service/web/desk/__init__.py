"""The account managers' desk: what waits, whom to approve, whom to introduce, and what came of it."""
