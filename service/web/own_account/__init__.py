"""What belongs to whoever is signed in: account, sessions, colleagues, notifications, privacy."""

from service.web.own_account import colleagues, notifications, privacy, profile, sessions, unsubscribing

AREAS = (profile, sessions, colleagues, privacy, notifications, unsubscribing)
