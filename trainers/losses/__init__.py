"""What training makes small: one loss a file.

A loss is a frozen dataclass of settings with `tasks`, the tasks it suits, and
`build(target, device)`, which returns a function of (outputs, targets) giving the mean as a tensor.
"""
