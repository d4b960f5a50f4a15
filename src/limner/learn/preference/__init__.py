"""What customers like, learned from what they do and say: tastes and interests."""
