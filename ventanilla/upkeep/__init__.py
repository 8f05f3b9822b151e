"""What the installation did for its own keeping: the backups it made, where they are and whether they were proved.

How a backup is made, proved and put back is the roof's (config.backups); here is what everybody may read of it.
"""
