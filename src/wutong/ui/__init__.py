"""Component kit: frame, tables, panels, forms. No models."""
