"""Programs of ours that run inside the sandbox, beside what they look at. They import nothing of council."""
