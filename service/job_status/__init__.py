"""Long work that somebody waits for: opened with a 202, followed under /v1/jobs/{id}."""
