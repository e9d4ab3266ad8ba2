"""What other systems may hear of: below all that records changes, so that every change passes here."""
