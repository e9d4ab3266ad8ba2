"""Installment contracts of a match: quoted, accepted, delivered, paid instalment by instalment, settled."""
