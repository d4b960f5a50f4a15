"""The journal as files."""
