"""Clocks (时限): a budget plus segments.

`declared` says what a clock is, `scales` how its unit counts, `state` what an event does to it; these three are pure.
`moving` applies events to the rows, `sweep` lets time pass, `reprojection` follows a new calendar, `charging` says who
held the case while it was late, `catalogue` holds the time limits that laws set.
"""
