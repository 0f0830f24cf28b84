"""Notices that reach a person, once: always in the inbox, outside the product only as the person chose.

A package declares its `kinds`; `services.notify` tells people; `delivering` carries what is due to the channels
outside, at most once; `receipts` hears how it ended. Nobody but the recipient learns whether a notice was read.
"""
