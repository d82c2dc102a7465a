"""A first look: a real service, simulated providers, and whole journeys over real sockets.

It needs the `sandbox` extra, so only the command that shows it imports it.
"""
