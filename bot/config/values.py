"""What tables of the file are made of: a table itself, and the small values in it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Section(BaseModel):
    """A table of the file: frozen, and no key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def not_a_switch(given: object) -> object:
    if isinstance(given, bool):
        raise ValueError("must be a number, not true or false")  # noqa: TRY004 - pydantic collects ValueError
    return given


def not_a_text(given: object) -> object:
    if isinstance(given, str):
        raise ValueError(f'must be a list like ["{given}"]')  # noqa: TRY004 - pydantic collects ValueError
    return given


Whole = Annotated[int, BeforeValidator(not_a_switch)]
Number = Annotated[float, BeforeValidator(not_a_switch), Field(allow_inf_nan=False)]
Words = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
OwnSettings = Annotated[Mapping[str, object], AfterValidator(MappingProxyType), Field(repr=False)]
"""What an adapter of its own reads and checks."""
