"""People outside the zone's own staff: contacts of firms, experts, talents. Everything about them is personal."""
