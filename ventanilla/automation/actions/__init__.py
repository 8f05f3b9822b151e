"""One file for each action. A new file is found by itself (automation/registry.py)."""
