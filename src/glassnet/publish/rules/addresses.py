"""Where mail goes and where a link leads, judged by the two libraries that PyPI asks."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .. import extra


def email_fault(address: str) -> str:
    """Why no mail can be sent to an address, in one sentence; empty where it can. No server is asked."""
    email_validator = extra("email_validator")
    try:
        email_validator.validate_email(address, check_deliverability=False)
    except email_validator.EmailNotValidError as error:
        return str(error)
    return ""


def is_web_address(address: str) -> bool:
    """Whether it is an address of http or https whose every piece, the port too, is written as RFC 3986 says."""
    rfc3986 = extra("rfc3986")
    pieces = ("scheme", "host", "port", "path", "query")
    validator = rfc3986.validators.Validator().allow_schemes("http", "https").require_presence_of("scheme")
    try:
        validator.check_validity_of(*pieces).validate(rfc3986.uri_reference(address).normalize())
    except (rfc3986.exceptions.RFC3986Exception, ValueError):
        return False
    return True


def leads_somewhere(address: str) -> bool:
    """Whether a browser could follow it: an index takes `https:here`, too, and `http://[::1`."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", address)
    except ValueError:  # a port that is no number, a bracket that is never closed
        return False
