"""Mail: the place of last resort, which every shop has. Handed to the shop's own mail server by SMTP."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as MAIL_FORM
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, Literal

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
    SMTPTimeoutError,
)

from adapters.alerts.robots import read_text
from adapters.clean import clean_line
from adapters.contract import Refused, Sent, TryLater, Unknown
from adapters.fields import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.alerts.contract import Note, NoteOutcome, Told
    from adapters.fields import Fields

Tls = Literal["tls", "starttls", "none"]
PORTS: Mapping[Tls, int] = {"tls": 465, "starttls": 587, "none": 25}
SETTINGS: Mapping[str, str] = {
    "host": "the mail server that takes mail from this machine, such as smtp.shop.example",
    "port": "its port; left out: 465 for tls, 587 for starttls, 25 for none",
    "tls": '"tls" from the first byte, "starttls", or "none" for a server on this machine',
    "user": "the name to sign in with; left out: nobody signs in",
    "password": "the password, or the code that the mail provider gives to programs (授权码)",
    "sender": "the address that the mail comes from; left out: user",
    "recipients": 'a list of the addresses that get it, such as ["desk@shop.example"]',
}
TIMEOUT_SECONDS = 10.0
LONGEST_BYTES = 60_000
SAYS_NO, GIVES_UP = range(400, 600), range(500, 600)
HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail a minute at most: whoever reads them later has one to read, not twenty."""

    host: str
    port: int
    tls: Tls = "tls"
    user: str = ""
    password: str = field(repr=False, default="")
    sender: str = ""
    recipients: tuple[str, ...] = ()
    seconds_between: float = 60.0

    @classmethod
    def configure(cls, settings: Mapping[str, object]) -> Mail:
        with Reading(settings, SETTINGS) as fields:
            tls: Tls = fields.one_of("tls", tuple(PORTS)) or "tls"
            user = read_text(fields, "user")
            mail = cls(
                host=_read_host(fields),
                port=fields.number("port", at_least=1, at_most=HIGHEST_PORT) or PORTS[tls],
                tls=tls,
                user=user,
                password=read_text(fields, "password"),
                sender=_read_sender(fields, user),
                recipients=_read_recipients(fields),
            )
            if user and not mail.password:
                fields.note("password", "is missing; user cannot sign in without it")
        return mail

    def fits(self, note: Note) -> bool:
        return len(note.whole.encode()) <= LONGEST_BYTES

    async def send(self, *, session: ClientSession, note: Note, now: datetime) -> NoteOutcome:
        """Hand it over step by step: until the words themselves leave, a failure means that nobody got them."""
        del session  # that one speaks HTTP
        client = SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.tls == "tls",
            start_tls=self.tls == "starttls",
            timeout=TIMEOUT_SECONDS,
        )
        try:
            refused = await self._address(client)
            if refused is not None:
                return refused
            return await _hand_over(client, self._letter(note, now))
        finally:
            client.close()

    async def _address(self, client: SMTP) -> NoteOutcome | None:
        """Sign in, and say from whom and to whom; None when the server wants to hear the rest."""
        try:
            await client.connect()
            if self.user:
                await client.login(self.user, self.password)
            await client.mail(self.sender)
            return await self._name_recipients(client)
        except SMTPAuthenticationError as no:
            return _answered(no, "; look at user and password, as many providers want a code of their own for programs")
        except SMTPResponseException as no:
            return _answered(no)
        except ssl.SSLError as no:
            return Refused(
                f"{self.host} does not speak as tls says ({no.reason}); try another value of tls", fault="no_tls"
            )
        except (SMTPConnectError, SMTPTimeoutError, SMTPException, OSError) as no:
            return TryLater(f"{self.host} did not take the mail ({type(no).__name__})", fault="no_connection")

    async def _name_recipients(self, client: SMTP) -> NoteOutcome | None:
        """Name them all. One that is refused keeps it from none of the others."""
        refusals: list[SMTPResponseException] = []
        for recipient in self.recipients:
            try:
                await client.rcpt(recipient)
            except SMTPResponseException as no:
                refusals.append(no)
        return _answered(refusals[0]) if len(refusals) == len(self.recipients) else None

    def _letter(self, note: Note, now: datetime) -> bytes:
        letter = EmailMessage(policy=MAIL_FORM)
        letter["From"] = self.sender
        letter["To"] = ", ".join(self.recipients)
        letter["Subject"] = clean_line(note.title)
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = f"<{note.key}@{self.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(note.text or note.title, cte="base64")
        letter.add_alternative(_in_html(note), subtype="html", cte="base64")
        return letter.as_bytes()


def _in_html(note: Note) -> str:
    """The same for who reads mail with pictures and letters in bold: no styles, no pictures, nothing from elsewhere."""
    parts = "".join(_part(each, note.headline(number), note.open_words) for number, each in enumerate(note.told, 1))
    return f"<!doctype html><html><body><h2>{escape(note.title)}</h2>{parts}</body></html>"


def _part(told: Told, headline: str, open_words: str) -> str:
    lines = [f"<h3>{escape(headline)}</h3>"] if headline else []
    lines += [f"<blockquote>{escape(told.said)}</blockquote>"] if told.said else []
    lines += [f"<p><b>{escape(told.facts)}</b></p>"] if told.facts else []
    lines += [f'<p><a href="{escape(told.link)}">{escape(open_words)}</a></p>'] if told.link else []
    return "".join(lines)


async def _hand_over(client: SMTP, letter: bytes) -> NoteOutcome:
    """From here on, silence means that nobody knows."""
    try:
        await client.data(letter)
    except SMTPResponseException as no:
        answered = _answered(no)
        return answered if no.code in SAYS_NO else Unknown(answered.reason, fault="unclear_answer")
    except (SMTPException, OSError) as broken:
        return Unknown(
            f"the mail server broke off while it took the mail ({type(broken).__name__})", fault="broken_off"
        )
    return Sent()


def _answered(no: SMTPResponseException, hint: str = "") -> TryLater | Refused:
    if no.code not in SAYS_NO:
        return TryLater("the mail server's answer cannot be understood", fault="platform_trouble")
    said = f"the mail server answered {no.code}{hint}: {clean_line(str(no.message))}"
    if no.code not in GIVES_UP:
        return TryLater(said, fault="platform_trouble")
    return Refused(said, fault="wrong_credentials" if hint else "unknown_refusal")


def _read_host(fields: Fields) -> str:
    host = read_text(fields, "host")
    if not host and fields.raw("host") in {None, ""}:
        fields.note("host", f"is missing; it is {SETTINGS['host']}")
    return host


def _read_sender(fields: Fields, user: str) -> str:
    sender = read_text(fields, "sender") or user
    if not _is_address(sender):
        fields.note("sender", 'must be a mail address such as "xiaoer@shop.example"')
    return sender


def _read_recipients(fields: Fields) -> tuple[str, ...]:
    given = fields.raw("recipients")
    if not isinstance(given, list) or not given or not all(map(_is_address, given)):
        fields.note("recipients", 'must be a list of mail addresses such as ["desk@shop.example"]')
        return ()
    return tuple(given)


def _is_address(text: object) -> bool:
    if not isinstance(text, str) or not text.isprintable() or " " in text or "," in text:
        return False
    name, at, host = text.rpartition("@")
    return bool(name and at and host)
