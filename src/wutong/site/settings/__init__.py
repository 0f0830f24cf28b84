"""Settings: base, sample (embedded default), production, test."""
