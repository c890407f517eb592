"""Programs that run inside the sandbox, shipped into it as text."""
