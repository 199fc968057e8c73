"""How long a test waits for another process before it calls it stuck."""

PATIENCE = 900  # seconds: a busy machine is no failure
