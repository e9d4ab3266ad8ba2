"""Letters to people: written by a feature, carried by SMTP or laid into an outbox folder."""
