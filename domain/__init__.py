"""What Likeness talks about: submissions, events, tasks. Pure: no clock, loop, wire or disk."""
