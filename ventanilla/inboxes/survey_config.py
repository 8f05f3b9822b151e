"""How an inbox asks for satisfaction (contract H, `csat_config`): the sign of the scale, own words, and for which labels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field

from ventanilla.kit.errors import Invalid
from ventanilla.kit.shapes import Shape, Texts, read
from ventanilla.labels.titles import stored_titles

DISPLAY_TYPES = ("emoji", "star")
OPERATORS = ("contains", "does_not_contain")
MAX_MESSAGE_CHARS = 500
MAX_LABELS = 50


def complete(config: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored, with what it leaves out."""
    rules = config.get("survey_rules") or {}
    return {
        "display_type": config.get("display_type") or DISPLAY_TYPES[0],
        "message": config.get("message") or "",
        "survey_rules": {
            "operator": rules.get("operator") or OPERATORS[0],
            "values": list(rules.get("values") or []),
        },
    }


class SurveyRules(Shape):
    """For which labels: with one of them (contains), or with none of them (does_not_contain)."""

    operator: str = OPERATORS[0]
    values: Texts = []


class SurveyConfig(Shape):
    """All that can be said of it."""

    display_type: str = DISPLAY_TYPES[0]
    message: str = ""
    survey_rules: SurveyRules = Field(default_factory=SurveyRules)


def clean(given: Any) -> dict[str, Any]:
    """The same, checked. Raises Invalid, naming csat_config."""
    config = complete(read(SurveyConfig, given, field="csat_config"))
    message, labels = config["message"], config["survey_rules"]["values"]
    if config["display_type"] not in DISPLAY_TYPES:
        raise _wrong(_("The scale is shown with faces (emoji) or stars (star)."))
    if len(message) > MAX_MESSAGE_CHARS:
        raise _wrong(_("This text is too long."))
    if config["survey_rules"]["operator"] not in OPERATORS:
        raise _wrong(_("The rule must be contains or does_not_contain."))
    if len(labels) > MAX_LABELS:
        raise _wrong(_("The rule can have up to 50 labels."))
    config["message"] = message.strip()
    config["survey_rules"]["values"] = stored_titles(labels)
    return config


def _wrong(sentence: str) -> Invalid:
    return Invalid(fields={"csat_config": [sentence]})


def asks_about(config: Mapping[str, Any], labels: Collection[str]) -> bool:
    """Whether a conversation with these labels is asked about."""
    rules = complete(config)["survey_rules"]
    if not rules["values"]:
        return True
    return (not set(rules["values"]).isdisjoint(labels)) is (rules["operator"] == "contains")
