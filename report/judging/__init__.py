"""Claims judged by the runs: a claim, its statistic, the bootstrap of seeds and images, the correction over the whole family."""
