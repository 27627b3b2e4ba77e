"""Errors as the API words them: status, type, code and the parameter at fault."""

from typing import Any


class ApiError(Exception):
    """An answer of the API that is not a success."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.headers = headers or {}

    def body(self, request_id: str) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.kind}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = "https://docs.stripe.com/error-codes/" + self.code.replace("_", "-")
        if self.param:
            error["param"] = self.param
        error["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": error}


def missing_object(kind: str, object_id: str, param: str, status: int = 404) -> ApiError:
    return ApiError(
        f"No such {kind}: '{object_id}'", status=status, code="resource_missing", param=param
    )


def unknown_url(method: str, path: str) -> ApiError:
    return ApiError(
        f"Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove "
        "the trailing slash. If you are trying to retrieve an object, make sure you passed a "
        "valid (non-empty) identifier. The test mode emulator knows only part of the API.",
        status=404,
    )


def no_key() -> ApiError:
    return ApiError(
        "You did not provide an API key. Provide it in the Authorization header, using Bearer "
        "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        status=401,
    )


def wrong_key(key: str) -> ApiError:
    shown = key[:8] + "*" * 8 + key[-4:] if len(key) > 16 else "*" * len(key)
    return ApiError(
        f"Invalid API Key provided: {shown}. The emulator takes test keys only (sk_test_…).",
        status=401,
    )


def not_from_here() -> ApiError:
    return ApiError("The test mode emulator answers callers on this machine only.", status=403)


def server_error() -> ApiError:
    """Tells the library not to retry, as the result is saved under the key and would come back."""
    return ApiError(
        "An unknown error occurred.",
        status=500,
        kind="api_error",
        headers={"Stripe-Should-Retry": "false"},
    )


def unavailable() -> ApiError:
    return ApiError(
        "The service is temporarily unavailable. Please try again.", status=503, kind="api_error"
    )


def too_many_requests() -> ApiError:
    return ApiError(
        "Request rate limit exceeded. Learn more about rate limits here: "
        "https://docs.stripe.com/rate-limits.",
        status=429,
        code="rate_limit",
        headers={"Stripe-Rate-Limited-Reason": "global-rate"},
    )
