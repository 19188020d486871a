"""Made-up data sets, one function `generate` a module."""
