"""The numbers that the installation's owner set below the operator's, and who met a limit lately (Z-29)."""
