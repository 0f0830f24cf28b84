"""The three lists of problem, responsibility and rectification (三个清单), and the further lists of what waits."""
