"""What tells how good a network is: one metric a file.

A metric is a frozen dataclass with `tasks`, `unit`, `better` ("max" or "min") and
`measure(outcome)`, which looks at all rows of a part at once and returns a number, or None where it
is not defined. The numbers are torchmetrics'; where it and scikit-learn differ, scikit-learn's
answer for float64 counts, and the metric says how it gets there. torchmetrics is imported inside
`measure`: that takes up to a second, which only the first judged epoch pays.
"""
