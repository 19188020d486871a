"""Kinds of files that a network can be written to, for use without Netwright."""
