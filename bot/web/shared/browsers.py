"""What people call the browser that a session is in: enough to tell one's own apart."""

from __future__ import annotations

SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip
BROWSERS = (("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
"""The first that a browser's own words hold: most say that they are others as well."""


def browser_in_short(said: str) -> str:
    """Say "Chrome · Windows"; what a browser says of itself where we know no better."""
    known = [next((name for sign, name in each if sign in said), "") for each in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, known)) or said[:60]
