"""Measurements over HTTP against a running service; imports nothing of ours."""
