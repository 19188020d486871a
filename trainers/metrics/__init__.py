"""What tells how good a network is: one metric a file.

A metric is a frozen dataclass with `tasks`, `unit`, `better` ("max" or "min") and
`measure(outcome)`, which looks at all rows of a part at once and returns a number, or None where it
is not defined.
"""
