"""Questions to the index, within what the reader may see. Nothing here writes."""

from ventanilla.search.operators import status_word
from ventanilla.search.selectors.contacts import find_contacts, holding
from ventanilla.search.selectors.conversations import (
    conversations_that_say,
    find_conversations,
    messages_that_say,
)
from ventanilla.search.selectors.facets import Facets, facets
from ventanilla.search.selectors.messages import Found, find_messages, find_oldest_messages, narrowed
from ventanilla.search.selectors.missing import Missing, missing
from ventanilla.search.selectors.relevance import find_by_relevance
from ventanilla.search.selectors.snippets import Excerpt, excerpts, marked

__all__ = [
    "Excerpt",
    "Facets",
    "Found",
    "Missing",
    "conversations_that_say",
    "excerpts",
    "facets",
    "find_by_relevance",
    "find_contacts",
    "find_conversations",
    "find_messages",
    "find_oldest_messages",
    "holding",
    "marked",
    "messages_that_say",
    "missing",
    "narrowed",
    "status_word",
]
