"""How weights follow their gradients: one optimiser a file.

An optimiser is a frozen dataclass of settings, with PyTorch's names. It keeps nothing itself:
`slots(parameters)` makes the tensors it remembers between steps, and `update(parameters,
gradients, slots, lr)` changes parameters and slots in place. So a checkpoint is those tensors and
nothing else. The arithmetic is PyTorch's own functional form, fused where the device has it;
without `torch.optim.Optimizer` a process starts a second sooner and a small step is quicker.
"""
