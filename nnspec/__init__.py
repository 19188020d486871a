"""The language: from YAML text to a checked network.

Reading, checking, shape inference and editing are pure Python and need neither Qt nor torch; only
`nnspec.build`, which turns a checked network into a PyTorch module, imports torch. This package
imports nothing from `trainers` or `app`.
"""
