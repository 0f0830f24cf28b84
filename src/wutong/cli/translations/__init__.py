"""Catalogues of the product's texts, made without GNU gettext.

The msgid is the Simplified Chinese text. `zh_Hant` is converted from it, `en` is written by hand.
"""
