"""Administrative codes with their successors, and the zone's own spatial units with their boundaries."""
