"""The messages that a person can meet, read from the sources: src and sql."""
