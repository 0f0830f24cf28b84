"""Workbooks into the registers: what the columns of each sheet mean, and what its rows become."""
