"""Moves a submission one step at a time: claims due tasks, runs them, tells the store the news."""
