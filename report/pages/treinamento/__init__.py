"""How the training went: data, objective, learning curves, convergence, cost."""
