"""Train variational autoencoders, measure them, and keep what was measured.

Read in this order: spec (what a run is), grid (the runs of this report), train (the one loop),
evaluate (weights to numbers), results (the store that the report reads).
Importing this package, or its spec, grid, datasets, results and figures modules, loads no torch.
"""
