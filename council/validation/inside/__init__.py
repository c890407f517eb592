"""Programs of ours that run inside the sandbox, beside what they look at. Of council they import only each other."""
