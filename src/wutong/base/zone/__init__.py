"""The zone itself: its name, its code, and whether it is set up."""
