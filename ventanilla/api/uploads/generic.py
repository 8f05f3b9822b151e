"""Active Storage's own path for direct uploads."""

from __future__ import annotations

from django.http import HttpResponse

from ventanilla.api.auth import UserRequest
from ventanilla.api.given import Given
from ventanilla.api.late import Router
from ventanilla.api.uploads.direct import BlobIn, DirectUploadOut, announce
from ventanilla.kit import rate_limits

router = Router(tags=["uploads"])


@router.post(
    "/rails/active_storage/direct_uploads",
    response=DirectUploadOut,
    summary="Prepare a direct upload (generic)",
)
def generic_direct_upload(request: UserRequest, given: BlobIn = Given()) -> HttpResponse:
    """The same for clients that use Active Storage's own path; they sign in as a user."""
    rate_limits.check("uploads_per_account", f"user-{request.auth.pk}")
    return announce(given, for_visitor=False)
