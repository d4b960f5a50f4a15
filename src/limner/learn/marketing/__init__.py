"""Marketing models as kinds of the contract: segments by RFM, stages of the life cycle, customer value."""
