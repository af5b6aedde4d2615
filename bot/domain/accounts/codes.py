"""One-time codes from a person's phone, and the recovery codes for when the phone is lost."""

from __future__ import annotations

import hmac
import io
import re
import secrets
from typing import TYPE_CHECKING

import pyotp
import segno

if TYPE_CHECKING:
    from datetime import datetime

    from bot.seal import Seal

STEP_SECONDS = 30
STEPS_AROUND = (-1, 0, 1)
"""A phone's clock may be half a minute wrong, and a code may arrive half a minute late."""
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that look alike on paper."""
RECOVERY_LENGTH = 10
SALT_BYTES = 16


def new_secret() -> str:
    """What a phone makes its codes from: 160 bits."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Whether a phone could make codes from it: what a form brings back is looked at."""
    return re.fullmatch(r"[A-Z2-7]{32}", text) is not None


def kept_secret(secret: str, seal: Seal | None) -> str:
    """A secret as it lies in the database: encrypted where the shop has a key for that."""
    return secret if seal is None else seal.close(secret.encode()).decode()


def opened_secret(kept: str, seal: Seal | None) -> str | None:
    """The secret again; None where its key is not there any more."""
    if is_secret(kept):
        return kept
    opened = None if seal is None else seal.open(kept.encode())
    return None if opened is None else opened.decode()


def accepted_step(secret: str, code: str, *, now: datetime, after_step: int) -> int | None:
    """The step of time that a code belongs to; None for a wrong one, and for one that was used already."""
    typed = "".join(code.split())
    this_step = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    steps = [this_step + each for each in STEPS_AROUND if this_step + each > after_step]
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode())), None)


def address_for_phone(secret: str, *, name: str, shop_name: str) -> str:
    """What the picture says to the phone: whose code it is, and for what."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=shop_name)


def picture_for_phone(address: str) -> str:
    """The same as a square picture, drawn into the page."""
    drawn = io.BytesIO()
    code = segno.make(address, error="m")
    code.save(drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2, svgclass="qr", lineclass=None)
    return drawn.getvalue().decode()


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes, each of which lets its person in once without their phone."""
    return tuple(_recovery_code() for _ in range(RECOVERY_CODES))


def new_salt() -> str:
    return secrets.token_hex(SALT_BYTES)


def folded_code(typed: str) -> str:
    """A recovery code as it is compared, however it was typed."""
    return "".join(letter for letter in typed.upper() if letter in RECOVERY_LETTERS)


def is_from_phone(typed: str) -> bool:
    """Whether what was typed looks like a code from a phone."""
    digits = "".join(typed.split())
    return len(digits) == DIGITS and digits.isascii() and digits.isdigit()


def _recovery_code() -> str:
    letters = "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
    return f"{letters[: RECOVERY_LENGTH // 2]}-{letters[RECOVERY_LENGTH // 2 :]}"
