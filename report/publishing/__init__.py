"""rendered/ brought up to date: which pages are fresh, which grew old, what is wrong; --status and --check."""
