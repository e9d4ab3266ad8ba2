"""What happens when parts of the service die: measured at length by `make faults`, in seconds by pytest."""
