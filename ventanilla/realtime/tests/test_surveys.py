"""Who hears what a customer answered to a survey (W-07, contract F.23: `csat_response_visible`)."""

from __future__ import annotations

import pytest

from ventanilla.conversations.commands import NewMessage, answer_message, post_message
from ventanilla.inboxes.commands.inboxes import update_inbox

pytestmark = [pytest.mark.django_db(transaction=True)]
ANSWER = {"csat_survey_response": {"rating": 1, "feedback_message": "Fatal"}}


@pytest.mark.parametrize("visible", [False, True])
def test_administrators_always_and_agents_where_the_inbox_shows_it(
    desk, cable, ana, admin, acme, conversation, identity, carla, web_inbox, visible
):
    update_inbox(web_inbox, csat_response_visible=visible, by=None)
    survey = post_message(conversation, NewMessage("¿Qué tal?", content_type="input_csat"), by=None)
    desks = {user: desk(user) for user in (ana, admin)}
    for wire in desks.values():
        wire.hello(acme)
    apps = {user: cable() for user in (ana, admin)}
    for user, wire in apps.items():
        wire.subscribe_user(user, acme)
    widget = cable()
    widget.subscribe_contact(identity)

    position = {}
    for user, wire in desks.items():
        position[user] = wire.hello(acme)
    answer_message(survey, attributes={"submitted_values": ANSWER}, by=carla)

    expected = {ana: ANSWER if visible else None, admin: ANSWER}
    for user, answer in expected.items():
        told = desks[user].event("message.updated")["message"]["content_attributes"]
        assert told.get("submitted_values") == answer
        told = apps[user].event("message.updated")
        assert told["content_attributes"].get("submitted_values") == answer
        assert told["previous_changes"].get("submitted_values", [None, None])[1] == answer
        # The same when the desk was away and comes back to where it was.
        back = desk(user)
        back.hello(acme, after=position[user])
        told = back.event("message.updated")["message"]["content_attributes"]
        assert told.get("submitted_values") == answer
    assert widget.event("message.updated")["content_attributes"]["submitted_values"] == ANSWER
