"""What a need and a supplier come to agree on: how it is paid for."""
