"""Steps from each schema to the next one. A step that has been released is never changed."""
