"""Wiring: settings, services opened in one place, the HTTP app and the command line."""
