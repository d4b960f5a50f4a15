"""Personas: the typical customers, found as latent classes of their tags, told as cards, followed by a rule."""
