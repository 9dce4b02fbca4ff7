"""What the browser is told to refuse: foreign code, frames, guesses at types, altered scripts."""

from flask import Flask, Response, request

from config import Settings

TRUSTED_TYPES_POLICIES = ("lit-html", "between-worker", "between-service-worker")
"""The only policies that may be made: lit's own, and one each that accepts the exact addresses of our workers."""

_DENIED_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection",
    "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access", "usb",
    "window-management", "xr-spatial-tracking",
)  # fmt: skip
_PERMISSIONS = ", ".join(f"{feature}=()" for feature in _DENIED_FEATURES)
_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def page_policy(settings: Settings) -> str:
    """The Content-Security-Policy of a page shell."""
    sockets = f"{'wss' if settings.https else 'ws'}://{settings.authority}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            f"connect-src 'self' {sockets}",
            "worker-src 'self'",
            "manifest-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            f"trusted-types {' '.join(TRUSTED_TYPES_POLICIES)}",
        )
    )


def worker_policy(settings: Settings, *, wasm: bool) -> str:
    """The policy of a worker's own response; key derivation alone may compile WebAssembly."""
    scripts = "script-src 'self' 'wasm-unsafe-eval'" if wasm else "script-src 'self'"
    sockets = f"{'wss' if settings.https else 'ws'}://{settings.authority}"
    types = "require-trusted-types-for 'script'; trusted-types"
    return f"default-src 'none'; {scripts}; connect-src 'self' {sockets}; {types}"


def install(app: Flask, settings: Settings) -> None:
    """Set the headers of every answer; a view that needs another policy sets it first."""
    page = page_policy(settings)

    @app.after_request
    def _set_headers(response: Response) -> Response:
        headers = response.headers
        is_page = response.mimetype == "text/html"
        headers.setdefault("Content-Security-Policy", page if is_page else _NOTHING)
        if is_page:
            headers["Integrity-Policy"] = "blocked-destinations=(script)"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Permissions-Policy"] = _PERMISSIONS
        if settings.https:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store" if request.path.startswith("/api/") else "no-cache"
        return response
