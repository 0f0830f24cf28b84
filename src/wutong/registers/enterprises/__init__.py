"""Enterprises and their unified social credit code."""
