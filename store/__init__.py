"""Persistence: a few verbs, each one transaction. Nothing outside sees SQL or a connection."""
