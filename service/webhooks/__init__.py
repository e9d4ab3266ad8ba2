"""Telling other systems of changes over HTTP, in the form of the Standard Webhooks specification."""
