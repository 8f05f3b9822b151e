"""The filter language, on the database in use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ventanilla.kit.clock import now
from ventanilla.kit.conditions import (
    CustomField,
    FieldSpec,
    InvalidCondition,
    Kind,
    Takes,
    compile_conditions,
)

UTC_ZONE = ZoneInfo("UTC")


class Row(models.Model):
    name = models.CharField(max_length=100, null=True)
    phone = models.CharField(max_length=20, null=True)
    status = models.IntegerField(default=0)
    team_id = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)
    attributes = models.JSONField(default=dict)

    class Meta:
        app_label = "kit_conditions_test"
        managed = False


FIELDS = {
    "status": FieldSpec(
        kind=Kind.CHOICE,
        operators=Takes.EQUALITY,
        lookup="status",
        choices={"open": 0, "resolved": 1},
        any_choice="all",
    ),
    "name": FieldSpec(kind=Kind.TEXT, operators=Takes.TEXT, lookup="name"),
    "phone_number": FieldSpec(kind=Kind.PHONE, operators=Takes.PHONE, lookup="phone"),
    "team_id": FieldSpec(kind=Kind.ID, operators=Takes.EQUALITY_OR_PRESENCE, lookup="team_id"),
    "seen_at": FieldSpec(kind=Kind.MOMENT, operators=Takes.MOMENT, lookup="seen_at"),
    "city": FieldSpec(kind=Kind.TEXT, operators=Takes.TEXT, lookup="attributes", json_key="city"),
    "labels": FieldSpec(
        kind=Kind.RELATION,
        operators=Takes.EQUALITY_OR_PRESENCE,
        related=lambda titles: (
            Row.objects.filter(name__in=titles).values("pk")
            if titles is not None
            else Row.objects.exclude(name=None).values("pk")
        ),
    ),
}
CUSTOM = [
    CustomField(key="plan", display_type="list", model="contact_attribute", lookup="attributes"),
    CustomField(key="seats", display_type="number", model="contact_attribute", lookup="attributes"),
    CustomField(key="2024", display_type="text", model="contact_attribute", lookup="attributes"),
    CustomField(key="a__contains", display_type="text", model="contact_attribute", lookup="attributes"),
    CustomField(key="since", display_type="date", model="contact_attribute", lookup="attributes"),
    CustomField(key="vip", display_type="checkbox", model="contact_attribute", lookup="attributes"),
    CustomField(key="city", display_type="text", model="conversation_attribute", lookup="attributes"),
]


@pytest.fixture(autouse=True)
def _table(db: None) -> None:
    json_type = "jsonb" if connection.vendor == "postgresql" else "text"
    key_type = "bigserial" if connection.vendor == "postgresql" else "integer"
    moment_type = "timestamptz" if connection.vendor == "postgresql" else "datetime"
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TABLE "kit_conditions_test_row" (id {key_type} PRIMARY KEY, name varchar(100), phone varchar(20),'
            f" status integer NOT NULL, team_id bigint, seen_at {moment_type}, attributes {json_type} NOT NULL)"
        )


def condition(
    key: str, operator: str, *values: object, then: object = None, **more: object
) -> dict[str, object]:
    return {
        "attribute_key": key,
        "filter_operator": operator,
        "values": list(values),
        "query_operator": then,
        **more,
    }


def found(*conditions: dict[str, object], zone: ZoneInfo = UTC_ZONE) -> set[str | None]:
    query = compile_conditions(list(conditions), fields=FIELDS, custom=CUSTOM, zone=zone)
    return set(Row.objects.filter(query).values_list("name", flat=True))


def row(name: str | None, **columns: object) -> Row:
    return Row.objects.create(name=name, **columns)


def test_an_empty_filter_means_everything() -> None:
    row("a")
    assert found() == {"a"}


@pytest.mark.feature("C-23")
def test_and_binds_tighter_than_or() -> None:
    row("a", status=0, team_id=1)
    row("b", status=1, team_id=2)
    row("c", status=1, team_id=3)
    # a OR (b AND team 2): read from left to right it would be (a OR b) AND team 2, which leaves a out.
    assert found(
        condition("name", "equal_to", "a", then="OR"),
        condition("status", "equal_to", "resolved", then="AND"),
        condition("team_id", "equal_to", 2),
    ) == {"a", "b"}


def test_several_values_mean_any_of_them_and_none_of_them() -> None:
    for name in ("ana", "bruno", "carla"):
        row(name)
    assert found(condition("name", "equal_to", "ana", "bruno")) == {"ana", "bruno"}
    assert found(condition("name", "contains", "na", "rl")) == {"ana", "carla"}
    assert found(condition("name", "does_not_contain", "na", "rl")) == {"bruno"}


def test_not_equal_also_matches_what_is_missing() -> None:
    row("with", attributes={"city": "Lima"}, team_id=1)
    row("other", attributes={"city": "Quito"}, team_id=2)
    row("null", attributes={"city": None})
    row("without", attributes={})
    assert found(condition("city", "not_equal_to", "Lima")) == {"other", "null", "without"}
    assert found(condition("city", "does_not_contain", "im")) == {"other", "null", "without"}
    assert found(condition("team_id", "not_equal_to", 1)) == {"other", "null", "without"}


def test_letter_case_does_not_matter_in_any_alphabet() -> None:
    row("JOSÉ ÁLVAREZ")
    row("jose")
    assert found(condition("name", "contains", "josé")) == {"JOSÉ ÁLVAREZ"}
    assert found(condition("name", "equal_to", "José Álvarez")) == {"JOSÉ ÁLVAREZ"}
    assert found(condition("name", "equal_to", "JOSE")) == {"jose"}


def test_the_characters_of_patterns_are_only_characters() -> None:
    row("50% (ñ) [x]")
    row("50 euros")
    assert found(condition("name", "contains", "50%")) == {"50% (ñ) [x]"}
    assert found(condition("name", "contains", "(ñ) [")) == {"50% (ñ) [x]"}
    assert found(condition("name", "contains", "_")) == set()


def test_a_phone_number_is_found_with_and_without_plus() -> None:
    row("a", phone="+34600111222")
    assert found(condition("phone_number", "equal_to", "34600111222")) == {"a"}
    assert found(condition("phone_number", "equal_to", "+34 600 111 222")) == {"a"}
    assert found(condition("phone_number", "starts_with", "34600")) == {"a"}
    assert found(condition("phone_number", "contains", "0111")) == {"a"}
    assert found(condition("phone_number", "starts_with", "600")) == set()


def test_status_all_matches_every_status() -> None:
    row("a", status=0)
    row("b", status=1)
    assert found(condition("status", "equal_to", "all")) == {"a", "b"}
    assert found(condition("status", "equal_to", "all", then="OR"), condition("name", "equal_to", "x")) == {
        "a",
        "b",
    }
    assert found(condition("status", "equal_to", "open")) == {"a"}


def test_days_begin_in_the_accounts_zone() -> None:
    # 23:30 UTC on the 1st is already the 2nd in Madrid.
    row("late", seen_at=datetime(2024, 1, 1, 23, 30, tzinfo=UTC))
    madrid = ZoneInfo("Europe/Madrid")
    assert found(condition("seen_at", "is_greater_than", "2024-01-01"), zone=madrid) == {"late"}
    assert found(condition("seen_at", "is_greater_than", "2024-01-01"), zone=UTC_ZONE) == set()
    assert found(condition("seen_at", "is_less_than", "2024-01-02"), zone=UTC_ZONE) == {"late"}
    assert found(condition("seen_at", "is_less_than", "2024-01-02"), zone=madrid) == set()


def test_days_before_means_earlier_than_that_many_days_ago() -> None:
    row("old", seen_at=now() - timedelta(days=4))
    row("new", seen_at=now() - timedelta(days=2))
    assert found(condition("seen_at", "days_before", 3)) == {"old"}


def test_relations_match_any_none_and_their_presence() -> None:
    row("vip")
    row(None)
    assert found(condition("labels", "equal_to", "vip")) == {"vip"}
    assert found(condition("labels", "not_equal_to", "vip")) == {None}
    assert found(condition("labels", "is_present")) == {"vip"}
    assert found(condition("labels", "is_not_present")) == {None}


def test_custom_attributes_are_compared_by_their_type() -> None:
    row("small", attributes={"seats": 3, "vip": False, "since": "2024-01-05", "plan": "Pro"})
    row("large", attributes={"seats": "12", "vip": True, "since": "2024-03-01T10:00:00Z", "plan": "free"})
    row("odd", attributes={"seats": "many", "vip": None, "since": "", "plan": ""})
    assert found(condition("seats", "is_greater_than", 5)) == {"large"}
    assert found(condition("seats", "equal_to", "3")) == {"small"}
    assert found(condition("seats", "not_equal_to", 3)) == {"large", "odd"}
    assert found(condition("vip", "equal_to", True)) == {"large"}
    assert found(condition("vip", "not_equal_to", "true")) == {"small", "odd"}
    assert found(condition("since", "is_greater_than", "2024-02-01")) == {"large"}
    assert found(condition("since", "is_less_than", "2024-02-01")) == {"small"}
    assert found(condition("since", "equal_to", "2024-03-01")) == {"large"}
    assert found(condition("plan", "is_present")) == {"small", "large"}
    assert found(condition("plan", "equal_to", "pro")) == {"small"}


def test_any_key_an_administrator_typed_is_found() -> None:
    row("a", attributes={"2024": "x", "a__contains": "y"})
    row("b", attributes={})
    assert found(condition("2024", "equal_to", "x")) == {"a"}
    assert found(condition("a__contains", "equal_to", "y")) == {"a"}


def test_the_type_of_attribute_chooses_between_equal_keys() -> None:
    row("a", attributes={"city": "Lima"})
    assert found(condition("city", "is_present", custom_attribute_type="conversation_attribute")) == {"a"}
    with pytest.raises(InvalidCondition):
        found(condition("city", "is_present"))  # the standard field does not take it


def test_an_operator_that_the_key_does_not_take_is_refused_with_those_it_takes() -> None:
    with pytest.raises(InvalidCondition) as refusal:
        found(condition("status", "contains", "x"))
    assert refusal.value.status == 422
    assert "equal_to, not_equal_to" in refusal.value.message


@pytest.mark.parametrize(
    "wrong",
    [
        condition("nothing", "equal_to", 1),
        condition("name", "equal_to"),
        condition("name", "equal_to", "  ", None),
        condition("team_id", "equal_to", "x"),
        condition("team_id", "equal_to", 2**70),
        condition("seen_at", "is_less_than", "2024-13-01"),
        condition("seen_at", "days_before", 10**12),
        condition("seats", "is_less_than", "nan"),
        condition("status", "equal_to", "closed"),
        condition("vip", "equal_to", "perhaps"),
        condition("phone_number", "equal_to", "+"),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidCondition):
        found(wrong)


def test_a_filter_that_is_no_list_of_conditions_is_refused() -> None:
    for wrong in ("x", {"a": 1}, [1], [None], None):
        with pytest.raises(InvalidCondition):
            compile_conditions(wrong, fields=FIELDS, zone=UTC_ZONE)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.text(min_size=1, max_size=20).filter(
        lambda text: text.strip() and "\x00" not in text and text.isprintable()
    )
)
def test_what_is_stored_is_found_by_itself_and_not_by_its_opposite(value: str) -> None:
    Row.objects.all().delete()
    stored = value.strip()
    row("r", attributes={"city": stored})
    assert found(condition("city", "equal_to", value)) == {"r"}
    assert found(condition("city", "contains", value)) == {"r"}
    assert found(condition("city", "not_equal_to", value)) == set()
    assert found(condition("city", "does_not_contain", value)) == set()


@pytest.mark.feature("Z-09")
@pytest.mark.parametrize("word", ["XOR", "NOT", "y", True, 1, ["OR"], {"OR": 1}])
def test_conditions_are_joined_by_and_or_or_and_by_nothing_else(word: object) -> None:
    row("a", status=0)
    with pytest.raises(InvalidCondition, match="query_operator"):
        found(condition("status", "equal_to", "open", then=word), condition("status", "equal_to", "open"))


@pytest.mark.parametrize("word", ["or", " Or ", "OR"])
def test_how_a_joining_word_is_written_does_not_matter(word: str) -> None:
    row("a", status=0)
    row("b", status=1)
    both = condition("status", "equal_to", "open", then=word), condition("status", "equal_to", "resolved")
    assert found(*both) == {"a", "b"}


def test_all_values_of_a_filter_together_have_a_bound_and_as_many_are_found() -> None:
    row("v1999")
    row("elsewhere")
    many = [
        condition("name", "equal_to", *(f"v{number}" for number in range(start, start + 500)), then="OR")
        for start in range(0, 5_000, 500)
    ]
    assert found(*many) == {"v1999"}
    with pytest.raises(InvalidCondition):
        found(*many, condition("name", "equal_to", "elsewhere"))
