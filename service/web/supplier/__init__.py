"""The supplier's pages: registering, and everything about the own company."""
