"""Train variational autoencoders, measure them, and keep what was measured.

Read in this order: spec (what a run is), grid (the runs of this report), train (the one loop),
evaluate (weights to numbers), storage.store (what the report reads), building.pipeline (doing the rest).
Importing this package loads no torch; nor do spec, grid, data.datasets, storage.store, building.plan and figures.
"""
