"""Cuts of measures that the report repeats; without torch, as its pages use them."""

ACTIVE_VARIANCE = 0.01  # of a dimension's posterior mean over images; Burda et al. 2016
LINEAR_CLIP = 1e-3  # a linear reconstruction leaves [0, 1]; probabilities are clipped there before their cross-entropy
WORST_OVERLAP = 1_000.0  # of the Davies-Bouldin index, which has no bound where the means of classes coincide
