"""Personal values: encrypted, searchable by a blind index, masked."""
