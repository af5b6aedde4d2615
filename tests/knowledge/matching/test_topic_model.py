from __future__ import annotations

import numpy as np
import pytest

from knowledge.language.segmentation import general_cutter
from knowledge.matching.index import Index
from knowledge.matching.topic_model import fit_topic_model, read_topic_model, shipped_topic_model, write_topic_model
from tests.cut_up import cut_up

TEXTS = ("什么时候发货", "今天能发货不", "几号发货", "发货快点", "包邮不", "满多少包邮", "全国包邮", "不包邮")
INTENT_OF = np.repeat([0, 1], 4)
BLEND = np.array([0.4, 0.2, 0.2, 0.2], np.float32)


def test_texts_of_one_intent_point_the_same_way() -> None:
    topic_model = fit_topic_model(TEXTS, INTENT_OF, BLEND, general_cutter())
    dispatch, postage, again = (topic_model.profile(cut_up(text)) for text in ("明天发货", "包邮的", "啥时候发货"))
    assert dispatch @ again > 0 > dispatch @ postage
    assert np.linalg.norm(dispatch) < 1


def test_a_text_of_unknown_words_points_nowhere() -> None:
    topic_model = fit_topic_model(TEXTS, INTENT_OF, BLEND, general_cutter())
    assert not topic_model.profile(cut_up("苹果")).any()
    assert not topic_model.profile(cut_up("")).any()


def test_examples_of_an_index_point_where_each_of_them_points() -> None:
    topic_model = shipped_topic_model()
    texts = ["什么时候发货", "龘", "", "新疆包邮吗", "能开发票吗"] * 50
    profiles = topic_model.profiles(Index([cut_up(text) for text in texts], np.arange(len(texts))))
    assert profiles == pytest.approx(np.stack([topic_model.profile(cut_up(text)) for text in texts]), abs=1e-5)


def test_anchors_survive_being_written_and_are_written_the_same_twice() -> None:
    topic_model = fit_topic_model(TEXTS, INTENT_OF, BLEND, general_cutter())
    data = write_topic_model(topic_model)
    again = read_topic_model(data)
    assert again.profile(cut_up("明天发货")) == pytest.approx(topic_model.profile(cut_up("明天发货")), abs=0.02)
    assert data == write_topic_model(fit_topic_model(TEXTS, INTENT_OF, BLEND, general_cutter()))


def test_the_shipped_anchors_know_what_shops_are_asked() -> None:
    topic_model = shipped_topic_model()
    invoice, too, refund = (topic_model.profile(cut_up(text)) for text in ("能开发票", "开个增票", "退款到哪里"))
    assert invoice @ too > invoice @ refund
