"""What epochs, dimensions, the weight of the KL term and the number of images change, and what that advises."""
