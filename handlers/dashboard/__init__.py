"""The dashboard: what an operator sees and does, behind an admin key."""
