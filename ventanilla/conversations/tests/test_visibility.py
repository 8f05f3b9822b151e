from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ventanilla.accounts.commands.teams import create_team, set_team_members
from ventanilla.accounts.models import Account, Membership
from ventanilla.conversations.commands import add_participants, assign_agent, assign_team
from ventanilla.conversations.models import Conversation, Participant
from ventanilla.conversations.policies import Visibility, facts_of, visibility_for
from ventanilla.conversations.tests.scenes import fresh, talk
from ventanilla.inboxes.commands.members import add_inbox_members, remove_inbox_members

pytestmark = pytest.mark.django_db


def seen_by(user, account) -> set[int]:
    return set(
        Conversation.objects.filter(visibility_for(user, Account.objects.get(pk=account.pk)).q()).values_list(
            "display_id", flat=True
        )
    )


def test_administrators_and_analysts_see_all_inboxes_and_an_analyst_writes_nothing(
    acme, admin, vera, carla, web_inbox, api_inbox
):
    talk(carla, web_inbox)
    talk(carla, api_inbox)

    assert seen_by(admin, acme) == seen_by(vera, acme) == {1, 2}
    assert visibility_for(admin, acme).can_write
    assert not visibility_for(vera, acme).can_write


def test_an_agent_sees_the_inboxes_they_belong_to_and_assignment_widens_nothing(
    acme, bruno, carla, web_inbox, api_inbox
):
    talk(carla, web_inbox)
    elsewhere = talk(carla, api_inbox)
    add_inbox_members(api_inbox, user_ids=[bruno.pk], by=None)
    assign_agent(elsewhere, assignee=bruno, by=None)
    remove_inbox_members(api_inbox, user_ids=[bruno.pk], by=None)

    assert seen_by(bruno, acme) == {1}


def test_a_stranger_sees_nothing(acme, gus, carla, web_inbox):
    conversation = talk(carla, web_inbox)

    assert seen_by(gus, acme) == set()
    assert not visibility_for(gus, acme).allows(facts_of(conversation))


@pytest.mark.feature("A-08")
def test_a_team_that_sees_its_own_keeps_its_members_from_the_rest(acme, ana, bruno, carla, web_inbox):
    team = create_team(acme, name="sales", sight="team", by=None)
    set_team_members(team, user_ids=[ana.pk], by=None)
    teams, mine, followed, _others = (talk(carla, web_inbox) for _ in range(4))
    assign_team(teams, team=team, by=None)
    assign_agent(mine, assignee=ana, by=None)
    add_participants(followed, user_ids=[ana.pk], by=bruno)

    assert seen_by(ana, acme) == {teams.display_id, mine.display_id, followed.display_id}
    assert seen_by(bruno, acme) == {1, 2, 3, 4}


@pytest.mark.feature("A-08")
def test_one_team_that_sees_everything_is_enough(acme, ana, carla, web_inbox):
    for name, only in (("sales", True), ("support", False)):
        set_team_members(
            create_team(acme, name=name, sight="team" if only else "inboxes", by=None),
            user_ids=[ana.pk],
            by=None,
        )
    talk(carla, web_inbox)

    assert seen_by(ana, acme) == {1}


@pytest.mark.parametrize(
    ("features", "visible"),
    [
        ({}, {"mine", "nobodys", "others", "followed"}),
        ({"hide_all_chats_for_agent": True}, {"mine", "nobodys", "followed"}),
        ({"hide_unassigned_for_agent": True}, {"mine", "others", "followed"}),
        (
            {"hide_all_chats_for_agent": True, "hide_unassigned_for_agent": True},
            {"mine", "followed"},
        ),
    ],
)
def test_what_the_account_hides_from_agents_is_hidden_by_the_server(
    acme, ana, bruno, admin, carla, web_inbox, features, visible
):
    Account.objects.filter(pk=acme.pk).update(features=features)
    scenes = {name: talk(carla, web_inbox) for name in ("mine", "nobodys", "others", "followed")}
    assign_agent(scenes["mine"], assignee=ana, by=None)
    assign_agent(scenes["others"], assignee=bruno, by=None)
    assign_agent(scenes["followed"], assignee=bruno, by=None)
    add_participants(scenes["followed"], user_ids=[ana.pk], by=bruno)

    assert seen_by(ana, acme) == {scenes[name].display_id for name in visible}
    assert seen_by(admin, acme) == {1, 2, 3, 4}


def test_an_agent_who_sees_only_their_own_does(acme, ana, bruno, carla, web_inbox):
    Membership.objects.filter(user=ana).update(custom_attributes={"showOnlyMine": True})
    mine, nobodys, others = (talk(carla, web_inbox) for _ in range(3))
    assign_agent(mine, assignee=ana, by=None)
    assign_agent(others, assignee=bruno, by=None)

    assert seen_by(ana, acme) == {mine.display_id}
    assert seen_by(bruno, acme) == {mine.display_id, nobodys.display_id, others.display_id}


@pytest.mark.feature("A-08")
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_rule_says_the_same_as_a_query_and_as_a_yes_or_no(
    data, acme, ana, bruno, carla, web_inbox, api_inbox
):
    if not Conversation.objects.exists():
        _all_kinds(acme, ana, bruno, carla, web_inbox, api_inbox)
    team_ids = tuple(Conversation.objects.exclude(team=None).values_list("team_id", flat=True).distinct())
    inbox_ids = (web_inbox.pk, api_inbox.pk)
    visibility = Visibility(
        account_id=data.draw(st.sampled_from([acme.pk, acme.pk + 999])),
        user_id=ana.pk,
        everything=data.draw(st.booleans()),
        inbox_ids=tuple(data.draw(st.sets(st.sampled_from(inbox_ids)))),
        team_ids=data.draw(st.none() | st.sets(st.sampled_from(team_ids)).map(tuple)),
        hides_others=data.draw(st.booleans()),
        hides_unassigned=data.draw(st.booleans()),
    )

    listed = set(Conversation.objects.filter(visibility.q()).values_list("pk", flat=True))
    allowed = {row.pk for row in Conversation.objects.all() if visibility.allows(facts_of(row))}

    assert listed == allowed


def _all_kinds(acme, ana, bruno, carla, web_inbox, api_inbox) -> None:
    """A conversation for every combination of inbox, assignee, team and following."""
    add_inbox_members(api_inbox, user_ids=[bruno.pk], by=None)
    teams = [None, create_team(acme, name="one", by=None), create_team(acme, name="two", by=None)]
    for inbox, assignee, team, follows in product(
        (web_inbox, api_inbox), (None, ana, bruno), teams, (True, False)
    ):
        conversation = fresh(talk(carla, inbox, assignee=assignee, team=team))
        Participant.objects.filter(conversation=conversation).delete()
        if follows:
            Participant.objects.create(account=acme, conversation=conversation, user=ana)
