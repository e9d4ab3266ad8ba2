"""The alliance's website: pages over the same operations as the API, usable without scripts."""
