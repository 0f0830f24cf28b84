"""The map of all projects on one wall (挂图作战), their positions and what stands beside them."""
