"""Rules of the field as plain Python: no Django, no clock. Everything else may use them; they use nothing of ours."""
