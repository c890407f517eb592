"""One file a step, named by the schema it leads to."""
