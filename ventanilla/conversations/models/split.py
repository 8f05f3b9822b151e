"""Which conversation was split off from which."""

from __future__ import annotations

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models.conversation import Conversation
from ventanilla.kit.clock import now


class Split(models.Model):
    """`made` was split off from `source`. It stays when that is undone: answers still come to what was sent from there."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="splits")
    made = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="split")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=now)
