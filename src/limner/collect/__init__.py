"""Collection: rows and messages from outside become event batches, or rejects with a reason. Nothing is lost."""
