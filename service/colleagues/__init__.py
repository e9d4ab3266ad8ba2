"""Several people of one company: each with an account of their own."""
