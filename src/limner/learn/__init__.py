"""What is learned from portraits: value, life cycle, taste, what a customer will do, and who the typical ones are."""
