"""Installments and 상생협력펀드 loans to the won."""
