"""The dashboard: what the alliance reached, where it is slow, unfair or short of suppliers; README.md has the SQL."""
