"""A picture comes out anew, and nothing but a picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.redrawing import LARGEST_BYTES, Drawn, Redrawer


def picture(kind: str, size: tuple[int, int] = (40, 20), *, mode: str = "RGB", **more: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "red").save(file, kind, **more)
    return file.getvalue()


async def test_a_photo_keeps_its_pixels_and_loses_all_else() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # it lies on its side
    exif[0x010F] = "a camera"
    drawn = await Redrawer().redraw(picture("JPEG", exif=exif, comment=b"a secret"))
    assert isinstance(drawn, Drawn)
    assert (drawn.mime, drawn.width, drawn.height) == ("image/jpeg", 20, 40)
    assert b"camera" not in drawn.body
    assert b"secret" not in drawn.body
    assert dict(Image.open(io.BytesIO(drawn.body)).getexif()) == {}


async def test_what_is_seen_through_stays_so_and_what_is_large_is_made_smaller() -> None:
    drawn = await Redrawer().redraw(picture("PNG", (3_000, 1_500), mode="RGBA"))
    assert isinstance(drawn, Drawn)
    assert (drawn.mime, drawn.width, drawn.height) == ("image/png", 1_600, 800)
    smaller = await Redrawer().redraw(drawn.body, longest_side=480)
    assert isinstance(smaller, Drawn)
    assert (smaller.mime, smaller.width, smaller.height) == ("image/png", 480, 240)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "no_picture"),
        (b"<svg onload=alert(1)>", "no_picture"),
        (picture("PNG")[:60], "no_picture"),
        (picture("PNG", (30_000, 20_000), mode="1"), "picture_too_large"),
        (b"\xff\xd8" + b"0" * LARGEST_BYTES, "picture_too_large"),
    ],
)
async def test_what_is_none_is_refused(data: bytes, problem: str) -> None:
    assert await Redrawer().redraw(data) == problem
