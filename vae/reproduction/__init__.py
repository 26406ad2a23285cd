"""A published run trained again, and how far it may lie from what is published."""
