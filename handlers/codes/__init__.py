"""Every code with which Likeness says no: what it means, and what to do."""
