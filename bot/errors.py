"""Errors that cross more than one floor of `bot`, named by what to do next.

CannotStart             something must be put right before the program can run; the command line prints the sentences
└── BadConfig           (bot.config) the configuration is wrong, with every problem at once
"""

from __future__ import annotations


class CannotStart(Exception):
    """The program refuses to start. `sentences` tell the owner what is wrong and what to do, one each."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
