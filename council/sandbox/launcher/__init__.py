"""Programs that become the sandbox: small, trusted, started with an isolated interpreter and no environment."""
