"""`likeness doctor`: looks at an installation and names each fault with its mend.

A subject is a module with `check`; `examination.py` has the list of them.
"""
