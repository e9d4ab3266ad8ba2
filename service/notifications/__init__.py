"""What companies are told inside the service, beside the mail."""
