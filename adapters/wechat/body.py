"""Reads the bodies that WeChat posts, XML or JSON as the account is set, into one shape: every value is text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import DefusedXMLParser

from adapters.clean import clean_line
from adapters.contract import BadPayload, Problem
from adapters.fields import read_object

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

XML_LIMIT_BYTES = 256 * 1024
"""More than any message takes; a longer one would cost more time than a buyer's words are worth."""

_ENCRYPTED = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?\s*([A-Za-z0-9+/=]+)\s*(?:\]\]>)?\s*</Encrypt>")
_PRODUCT = re.compile(r"[?&](?:product_?id|goods_?id|item_?id|sku_?id|id)=([\w-]+)", re.IGNORECASE | re.ASCII)


def read_body(body: bytes) -> dict[str, object]:
    """Parse one document. Raises `BadPayload`. A document type, and so every entity, is refused."""
    if is_json(body):
        return {name: _as_text(value) for name, value in read_object(body).items()}
    return _children(_read_xml(body))


def is_json(body: bytes) -> bool:
    """Whether the account is set to JSON."""
    return body.lstrip()[:1] == b"{"


def read_encrypted(body: bytes) -> str:
    """What an envelope holds; "" where it holds nothing. No XML is parsed for it: anybody can post an envelope."""
    if is_json(body):
        encrypted = read_object(body).get("Encrypt")
        return encrypted if isinstance(encrypted, str) else ""
    found = _ENCRYPTED.search(body)
    return "" if found is None else found[1].decode()


def _read_xml(body: bytes) -> Element:
    if len(body) > XML_LIMIT_BYTES:
        raise BadPayload((Problem("body", f"is longer than {XML_LIMIT_BYTES} bytes"),))
    parser = DefusedXMLParser(encoding="utf-8", forbid_dtd=True)
    try:
        parser.feed(body)
        root: Element = parser.close()
    except (ParseError, ValueError) as error:  # ValueError: what defusedxml forbids
        raise _not_xml(error) from None
    return root


def _not_xml(error: Exception) -> BadPayload:
    return BadPayload((Problem("body", f"is neither XML nor JSON in UTF-8: {clean_line(str(error))}"),))


def _children(element: Element) -> dict[str, object]:
    return {child.tag: _grandchildren(child) if len(child) else child.text or "" for child in element}


def _grandchildren(element: Element) -> dict[str, object]:
    return {child.tag: child.text or "" for child in element}


def _as_text(value: object) -> object:
    """JSON with its numbers as they are written, for ids are numbers in some accounts and text in others."""
    if isinstance(value, dict):
        return {name: _as_text(inner) for name, inner in value.items()}
    return str(value) if isinstance(value, int | float) else value


def product_of(page: str) -> str:
    """The product that a page of a mini-program shows: what its path names as one, else the path itself."""
    named = _PRODUCT.search(page)
    return page if named is None else named[1]
