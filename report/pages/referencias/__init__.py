"""The works that the pages cite, and the terms that they use."""
