"""The national classification of industries, and the leading industries of the zone."""
