"""Parity: what the live state says of customers against what the log says when it is read from the beginning."""
