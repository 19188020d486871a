"""The reference beside the work: pages of all kinds, made when they are asked for."""
