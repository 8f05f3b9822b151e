"""The survey's own page (contract C.3): where the link of a mail or a message leads. No script, no sign-in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ventanilla.accounts.avatars import avatar_url
from ventanilla.conversations.models import Message
from ventanilla.conversations.satisfaction import scale
from ventanilla.kit import languages, rate_limits
from ventanilla.kit.errors import Refusal
from ventanilla.surveys.commands import MAX_FEEDBACK_CHARS, answer_survey
from ventanilla.surveys.models import SurveyResponse
from ventanilla.surveys.selectors import is_closed, survey_of
from ventanilla.web import csp

# What the mouth of each face does, worst first.
_MOUTHS = ("M10 23q6-7 12 0", "M11 22q5-3.5 10 0", "M11 21h10", "M11 20q5 3.5 10 0", "M10 19q6 7 12 0")


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, conversation_uuid: str) -> HttpResponse:
    """GET shows the five faces, `?rating=` chooses one of them and records nothing, for scanners of mail follow every
    link; POST keeps the answer.

    No CSRF token: the address is the proof, and no one is signed in.
    """
    try:
        message = survey_of(conversation_uuid)
    except Refusal:
        wishes = languages.wishes_in(request.headers.get("Accept-Language", ""))
        with translation.override(languages.choose(*wishes, otherwise=settings.LANGUAGE_CODE)):
            return _draw(request, {"state": "unknown"}, status=404)
    with translation.override(_language(request, message)):
        if request.method == "POST":
            return _answer(request, message)
        return _show(request, message)


def _language(request: HttpRequest, message: Message) -> str:
    """What the conversation was spoken in, else what the browser wishes, else the account's."""
    account_locale = message.inbox.account.locale
    told = message.conversation.marks.widget_language
    wishes = languages.wishes_in(request.headers.get("Accept-Language", ""))
    return languages.choose(told, *wishes, otherwise=account_locale)


def _answer(request: HttpRequest, message: Message) -> HttpResponse:
    try:
        rate_limits.check("survey_answers_per_survey", message.pk)
        rate_limits.check("survey_answers_per_ip", str(request.META.get("REMOTE_ADDR", "")))
        answer_survey(
            message,
            rating=request.POST.get("rating"),
            feedback=request.POST.get("feedback", ""),
            by=message.conversation.contact,
        )
    except Refusal as refusal:
        return _show(request, message, refusal=refusal)
    return HttpResponseRedirect(request.path, status=303)


def _show(request: HttpRequest, message: Message, *, refusal: Refusal | None = None) -> HttpResponse:
    response: SurveyResponse | None = getattr(message, "survey_response", None)
    closed = is_closed(message)
    asks = refusal is not None or response is None or bool(request.GET.keys() & {"rating", "change"})
    context: dict[str, Any] = {
        "state": "asking" if asks and not closed else "answered" if response else "closed",
        "stars": message.marks.has_stars,
        "inbox": message.inbox.business_name or message.inbox.name,
        "picture": avatar_url(message.inbox.avatar.name or ""),
        "response": response,
        "feedback": request.POST.get("feedback", response.feedback_message if response else ""),
        "most": MAX_FEEDBACK_CHARS,
        "problem": _problem(request, refusal),
        "can_change": not closed,
    }
    chosen = _chosen(request, response)
    context["faces"] = [
        {"value": value, "word": word, "mouth": _MOUTHS[value - 1], "is_chosen": value == chosen}
        for value, word in scale()
    ]
    context["word"] = dict(scale()).get(response.rating) if response else ""
    return _draw(request, context, status=refusal.status if refusal else 200)


def _chosen(request: HttpRequest, response: SurveyResponse | None) -> int:
    """The face that is chosen when the page opens; 0 for none."""
    asked = request.POST.get("rating") or request.GET.get("rating") or ""
    if asked in {"1", "2", "3", "4", "5"}:
        return int(asked)
    return response.rating if response else 0


def _problem(request: HttpRequest, refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    return refusal.message if request.POST.get("rating") else _("Choose a rating.")


def _draw(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    language = translation.get_language() or settings.LANGUAGE_CODE
    context = {**context, "locale": language, "is_right_to_left": languages.is_right_to_left(language)}
    response = render(request, "web/survey.html", context, status=status)
    response["Content-Security-Policy"] = csp.policy(
        request, nonce=csp.new_nonce(), framed_by="'none'", pictures=""
    )
    response["X-Frame-Options"] = "DENY"
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response
