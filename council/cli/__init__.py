"""Thin doors: parse, call, render, exit code. One module a command, loaded when it is called."""
