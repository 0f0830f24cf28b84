"""The `wutong` command: the edge where the clock is read and the process tree begins.

What it prints is plain Simplified Chinese and not translated: it must work before settings are loaded.
"""
