"""A change of the investor, and how it is re-booked."""
