"""How the learning rate changes while training: one schedule a file.

A schedule is a frozen dataclass of settings with `factor(step, steps, steps_per_epoch)`: what the
optimiser's learning rate is multiplied by at that step (counted from 0). It is a pure function, so
a run that was stopped goes on with exactly the rate it would have had.
"""
