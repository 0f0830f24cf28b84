"""Personal values: encrypted in their column, found by a blind index, shown masked.

No models of its own. `fields` declares a column with its purpose and retention, `digests` makes values
comparable without storing them, `masking` shows them, `rotation` renews them under a new key. Showing a value
in full is an act of an account: `wutong.base.accounts.reveal`.
"""
