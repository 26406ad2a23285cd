"""What the decoder gives back: the reference's five columns, and every measure of fidelity and sharpness."""
