"""Draws a picture anew in a process of its own, with limits of time and memory: the file may be a stranger's.

What comes out holds nothing but the picture: no place, no camera, no second file behind it. As a program
(`python -m bot.redrawing SIDE`) it reads a picture from its input and writes the new one, whose sides are that long
at most; `redraw` is the side that asks.
"""

from __future__ import annotations

import asyncio
import io
import os
import resource
import sys
import warnings
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1_600
QUALITY = 85
CPU_SECONDS = 5
WAITING_SECONDS = 15.0
MEMORY_BYTES = 768 * 1024 * 1024
AT_ONCE = 2
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")

Mime = Literal["image/jpeg", "image/png"]
Problem = Literal["no_picture", "picture_too_large"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture that is safe to show."""

    mime: Mime
    width: int
    height: int
    body: bytes


class Redrawer:
    """Draws a few pictures at a time; the others wait for their turn."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def redraw(self, data: bytes, *, longest_side: int = LONGEST_SIDE) -> Drawn | Problem:
        """The picture anew, its sides no longer than that, or why it is none that we show. Cancelling ends the work."""
        if len(data) > LARGEST_BYTES:
            return "picture_too_large"
        async with self._turns:
            return _read(await _drawn_by_child(data, longest_side))


async def _drawn_by_child(data: bytes, longest_side: int) -> bytes:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.redrawing",
        str(longest_side),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the parent, who ends this one
    )
    try:
        answer, _ = await asyncio.wait_for(child.communicate(data), WAITING_SECONDS)
    except TimeoutError:
        answer = b""
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return answer if child.returncode == 0 else b""


def _read(answer: bytes) -> Drawn | Problem:
    """What the child has written: the kind and the measures in one line, then the picture."""
    head, _, body = answer.partition(b"\n")
    match head.split():
        case [b"image/jpeg" | b"image/png" as mime, width, height] if body:
            kind: Mime = "image/png" if mime == b"image/png" else "image/jpeg"
            return Drawn(mime=kind, width=int(width), height=int(height), body=body)
        case [b"picture_too_large"]:
            return "picture_too_large"
        case _:
            return "no_picture"


# The child's side


def drawn(data: bytes, longest_side: int = LONGEST_SIDE) -> bytes:
    """The answer to one picture."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return b"picture_too_large\n"
            return _anew(picture, longest_side)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return b"picture_too_large\n"
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        return b"no_picture\n"


def _anew(picture: Image.Image, longest_side: int) -> bytes:
    picture.draft("RGB", (longest_side, longest_side))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((longest_side, longest_side))
    see_through = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    plain = upright.convert("RGBA" if see_through else "RGB")
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)  # the pixels alone
    file = io.BytesIO()
    if see_through:
        bare.save(file, "PNG", optimize=False)
    else:
        bare.save(file, "JPEG", quality=QUALITY)
    mime = b"image/png" if see_through else b"image/jpeg"
    return b"%s %d %d\n" % (mime, *bare.size) + file.getvalue()


def main() -> None:
    """Read, draw, write."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    if sys.platform == "linux":  # elsewhere the limit counts what is only set aside
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sys.stdout.buffer.write(drawn(sys.stdin.buffer.read(LARGEST_BYTES + 1), int(sys.argv[1])))


if __name__ == "__main__":
    main()
