"""Words of a text, and whose words they are."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import jieba
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.language.normalisation import fold
from knowledge.language.segmentation import DICTIONARY, cutter, general_cutter
from knowledge.manual.entry import Product
from tests.small_manual import small_manual
from training.cut_dictionary import cut_dictionary

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


@given(st.text(max_size=60))
def test_any_text_is_cut_without_loss(text: str) -> None:
    folded = fold(text)
    assert "".join(general_cutter()(folded)) == "".join(folded.split())


def test_sentences_are_cut_into_words() -> None:
    cut = general_cutter()
    assert cut("已经付款") == ("已经", "付款")
    assert cut("质量不错吗 iphone15") == ("质量", "不错", "吗", "iphone15")
    assert cut("𠮷野家") == ("𠮷", "野", "家")
    assert cut("") == ()


def test_a_shop_has_its_own_words_in_whatever_script_it_writes_them() -> None:
    cut = cutter(["啵啵魚片鍋", "锅", "七天 无理由"])
    assert cut("啵啵鱼片锅不错") == ("啵啵鱼片锅", "不错")
    assert cut("支持七天无理由") == ("支持", "七天无理由")


def test_the_words_of_one_revision_never_reach_another() -> None:
    manual = small_manual()
    old = KnowledgeBase.build(revision=1, manual=manual)
    with_pot = dataclasses.replace(manual, products=(Product(id="pot", title="啵啵鱼片锅", attributes={}),))
    new = KnowledgeBase.build(revision=2, manual=with_pot)
    after = KnowledgeBase.build(revision=3, manual=manual)
    assert new.find("啵啵鱼片锅怎么样").words[0] == "啵啵鱼片锅"
    assert old.find("啵啵鱼片锅怎么样").words == after.find("啵啵鱼片锅怎么样").words
    assert "啵啵鱼片锅" not in after.find("啵啵鱼片锅怎么样").words
    assert general_cutter()("啵啵鱼片锅")[0] == "啵"
    assert not jieba.dt.initialized


def test_threads_cut_alike() -> None:
    cut, texts = cutter(["啵啵鱼片锅"]), [f"{number}号啵啵鱼片锅什么时候发货" for number in range(500)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(cut, texts)) == list(map(cutter(["啵啵鱼片锅"]), texts))


def test_jieba_reads_and_leaves_no_file_that_others_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    planted = tmp_path / "jieba.cache"
    planted.write_bytes(b"not to be read")
    assert cutter()("已经付款") == ("已经", "付款")
    assert list(tmp_path.iterdir()) == [planted]
    assert capfd.readouterr() == ("", "")


def test_loading_jieba_is_silent_even_where_its_source_is_compiled_anew(tmp_path: Path) -> None:
    asking = "from knowledge.language.segmentation import general_cutter; print(*general_cutter()('质量不错'))"
    compiled_anew = ["-W", "always", "-X", f"pycache_prefix={tmp_path}", "-c", asking]
    run = subprocess.run([sys.executable, *compiled_anew], check=True, capture_output=True, encoding="utf-8")
    assert run.stdout.split() == ["质量", "不错"]
    assert "jieba" not in run.stderr


def test_the_shipped_dictionary_is_what_is_frequent_in_jiebas() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == cut_dictionary()
