"""What belongs to whoever is signed in, in any role: account, sessions, colleagues, privacy."""

from service.web.own_account import colleagues, privacy, profile, sessions

AREAS = (profile, sessions, colleagues, privacy)
