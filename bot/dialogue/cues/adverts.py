"""Texts that sell something to the shop rather than ask it something, and those that lead outside the platform.

A link to a shop platform is neither: buyers send it to show what they mean (see `links.py`).
"""

from __future__ import annotations

import re

from bot.dialogue.cues.links import without_product_links
from knowledge.phrases.phrase import Phrase

_CONTACT = Phrase("advert", "contact")
_WITH_ADDRESS = Phrase("advert", "contact_with_address")
_TRADE = Phrase("advert", "trade_on_shops")
_OFFER = Phrase("advert", "tone_of_an_offer")
_OFFERS_SERVICE = Phrase("advert", "offers_service")
_PLACES_ADVERTS = Phrase("advert", "places_adverts")
_IS_OF_THE_PLATFORM = Phrase("advert", "is_of_the_platform")
_DEMANDS = Phrase("advert", "demands")
_WARNS_THE_SHOP = Phrase("advert", "warns_the_shop")
_SAID_OF_THE_SHOP = Phrase("advert", "said_of_the_shop")
_OUTSIDE = Phrase("advert", "outside")
MANY_OTHERS = 2
_ASKS = ("吗", "么", "?", "？", "不", "嘛", "真假", "靠谱")


def is_advertisement(text: str, *, said_by_others: int = 0) -> bool:
    """Whether the message sells something to the shop rather than asks for something.

    Two signs of four are needed (a way to be contacted, a trade that only preys on shops, the tone of an offer, others
    who sent the same text); the trade counts twice, and so does an address to be contacted at. A question needs three.
    An offer of a service needs no more signs, nor does a demand in the name of the platform. A buyer's
    "能加微信吗" alone is a question, and so is "能代发吗".
    """
    plain = _SAID_OF_THE_SHOP.without(_plain(text))
    if _OFFERS_SERVICE.says(plain) or _PLACES_ADVERTS.says(plain):
        return True
    if _WARNS_THE_SHOP.says(plain) or (_IS_OF_THE_PLATFORM.says(plain) and _DEMANDS.says(plain)):
        return True
    contact = max(_CONTACT.says(plain), 2 * _WITH_ADDRESS.says(plain))
    signs = contact + _OFFER.says(plain) + 2 * _TRADE.says(plain) + (said_by_others >= MANY_OTHERS)
    return signs >= (3 if plain.endswith(_ASKS) else 2)


def leads_outside(text: str) -> bool:
    """Whether the buyer wants to talk outside the platform ("能加微信吗"): no answer of a manual fits that."""
    plain = _plain(text)
    return _CONTACT.says(plain) or _OUTSIDE.says(plain)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", without_product_links(text).lower())
