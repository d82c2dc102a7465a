"""Speaks to a client's URL safely: where it may dial, how a message is signed, one attempt."""
