"""Project push (项目推进): the life of a signed project until it produces, and what holds it up.

Practice: the zone goes through all projects that are signed but not started, or started but not producing, one
by one, and keeps three lists: responsibility, problem, rectification (推进库、三张清单).
"""
