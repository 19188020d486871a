"""The window and the command line: everything a person sees or types.

This is the only package that may import Qt, and it never imports torch: training, prediction and
export run in a worker process that `trainers` provides. It may import `trainers` and `nnspec`;
neither of them may import it.
"""
