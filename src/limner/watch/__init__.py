"""Watching what goes on: what just arrived, and what became of it."""
