"""The dashboard: what was reached, what waits, what is missing. README.md documents each query."""
