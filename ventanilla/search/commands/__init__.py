"""The only writers of the index."""

from ventanilla.search.commands.building import Progress, build, forget_what_left, start_anew
from ventanilla.search.commands.indexing import forget, renew

__all__ = ["Progress", "build", "forget", "forget_what_left", "renew", "start_anew"]
