"""Ways to look: filters that people save under a name. Not here: what a filter finds, which the filtered room answers."""
