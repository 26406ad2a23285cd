"""The latent space: four clouds of points, what separates the classes in them, and what the axes mean."""
