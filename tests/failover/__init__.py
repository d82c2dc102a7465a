"""The primary dies, the replica takes over: nothing that was answered is lost."""
