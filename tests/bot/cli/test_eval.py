from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from tests.bot.cli.conftest import shop_manual
from tests.small_manual import NONSENSE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.cli.conftest import Xiaoer

KNOWLEDGE = """entry,question
when,什么时候发货
when,几天能发货呀
when,多久可以寄出
courier,发什么快递
courier,用哪家物流公司
courier,是中通还是圆通
,天气真好啊
"""
QUESTIONS = """entry,question
when,什么时候发货
courier,"发什么快递,哪家"
,Ποῦ εἶναι
refund,什么时候退款
"""
COLUMNS = "question,expected,decision,entry1,confidence1,entry2,confidence2,entry3,confidence3"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "k.csv").write_text(KNOWLEDGE, encoding="utf-8")
    (tmp_path / "q.csv").write_text(QUESTIONS, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("files")
def test_json_holds_every_figure(xiaoer: Xiaoer) -> None:
    result = xiaoer("eval", "--questions", "q.csv", "--knowledge", "k.csv", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["entries"], told["examples"], told["questions"]) == (2, 6, 4)
    assert (told["in_scope"], told["out_of_scope"]) == (3, 1)
    assert told["top1"] == pytest.approx(2 / 3)
    assert told["false_answers"] == 0
    assert 0 <= told["auroc"] <= 1
    assert 0 < told["latency_p50_ms"] <= told["latency_p99_ms"]
    assert told["build_seconds"] > 0
    assert {"top3", "mrr", "coverage", "precision"} <= told.keys()
    assert "nothing is known of refund" in result.stderr


@pytest.mark.usefixtures("files")
def test_people_read_a_table(xiaoer: Xiaoer) -> None:
    said = xiaoer("eval", "--questions", "q.csv", "--knowledge", "k.csv").stdout
    assert said.startswith("4 questions (3 in scope, 1 out of scope), asked of k.csv:\n2 entries, 6 examples\n")
    assert "top-1             66.7%" in said
    for figure in ("top-3", "MRR", "coverage", "precision", "false answers", "AUROC", "latency p99", "build time"):
        assert f"\n{figure} " in said


def test_rows_are_in_the_order_asked_with_what_the_bot_would_do(xiaoer: Xiaoer, files: Path) -> None:
    assert xiaoer("eval", "--questions", "q.csv", "--knowledge", "k.csv", "--rows", "out.csv").exit_code == 0
    text = (files / "out.csv").read_text(encoding="utf-8")
    assert text.startswith(f"{COLUMNS}\n")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["question"], row["expected"]) for row in rows] == [
        ("什么时候发货", "when"),
        ("发什么快递,哪家", "courier"),
        ("Ποῦ εἶναι", ""),
        ("什么时候退款", "refund"),
    ]
    assert (rows[0]["decision"], rows[0]["entry1"], float(rows[0]["confidence1"])) == ("answer", "when", 1.0)
    assert [rows[2][name] for name in ("decision", "entry1", "confidence1", "entry3", "confidence3")] == [
        *("hand_over", "", "", "", ""),
    ]


@pytest.mark.usefixtures("stocked", "files")
def test_every_line_that_fails_is_printed_in_one_line(xiaoer: Xiaoer, files: Path) -> None:
    lines = ("postage,新疆包邮吗", "courier,什么时候发货", ",发什么快递", f"dispatch,{NONSENSE}")
    (files / "q.csv").write_text("\n".join(("entry,question", *lines)), encoding="utf-8")
    said = xiaoer("eval", "--questions", "q.csv").stdout
    heading, *failed = said[said.index("Not as expected (3):") :].splitlines()[1:]
    assert heading.split() == ["decision", "question", "expected", "got", "confidence"]
    assert [line.split() for line in failed] == [
        ["answer", "什么时候发货", "courier", "dispatch", "1.00"],
        ["answer", "发什么快递", "-", "courier", "1.00"],
        ["hand_over", *NONSENSE.split(), "dispatch", "-", "-"],
    ]


@pytest.mark.usefixtures("stocked", "files")
def test_it_decides_as_ask_does(xiaoer: Xiaoer, files: Path) -> None:
    questions = ("运费谁出呀", "怎么洗", "充电器冒烟了", "几天能寄出来", "人工", "东西怎么样")
    lines = "".join(f",{question}\n" for question in questions)
    (files / "q.csv").write_text(f"entry,question\n{lines}", encoding="utf-8")
    assert xiaoer("eval", "--questions", "q.csv", "--rows", "out.csv").exit_code == 0
    for row in csv.DictReader((files / "out.csv").read_text(encoding="utf-8").splitlines()):
        told = json.loads(xiaoer("ask", row["question"], "--json").stdout)
        assert row["decision"] == told["decision"].replace("away", "hand_over").replace("stay_quiet", "none")
        best = [(each["entry"], each["confidence"]) for each in told["candidates"][:1]]
        assert [(row["entry1"], pytest.approx(float(row["confidence1"] or 0), abs=1e-4))] == (best or [("", 0)])


@pytest.mark.usefixtures("stocked", "files")
def test_without_examples_the_shops_own_manual_is_asked(xiaoer: Xiaoer) -> None:
    result = xiaoer("eval", "--questions", "q.csv")
    assert result.exit_code == 0
    assert f"asked of revision 1 of the manual:\n{len(shop_manual().entries)} entries, " in result.stdout


@pytest.mark.usefixtures("files")
def test_shares_of_nothing_are_left_open(xiaoer: Xiaoer, files: Path) -> None:
    (files / "q.csv").write_text("entry,question\nwhen,什么时候发货\n", encoding="utf-8")
    assert json.loads(xiaoer("eval", "--questions", "q.csv", "--knowledge", "k.csv", "--json").stdout)["auroc"] is None
    assert "AUROC             - " in xiaoer("eval", "--questions", "q.csv", "--knowledge", "k.csv").stdout


def test_every_bad_line_is_named_and_nothing_is_asked(xiaoer: Xiaoer, files: Path) -> None:
    (files / "q.csv").write_text("entry,question\nwhen,好\nwhen\nwhen,\n", encoding="utf-8")
    result = xiaoer("eval", "--questions", "q.csv", "--knowledge", "k.csv", "--rows", "out.csv")
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["q.csv, line 3", "q.csv, line 4"]
    assert result.stdout == ""
    assert not (files / "out.csv").exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("q.csv", "entry,question\n", "q.csv holds no question"),
        ("k.csv", "entry,question\n,什么\n", "k.csv has no line with an entry"),
    ],
)
def test_files_with_nothing_to_go_on_are_told(
    xiaoer: Xiaoer, files: Path, name: str, content: str, sentence: str
) -> None:
    (files / name).write_text(content, encoding="utf-8")
    result = xiaoer("eval", "--questions", "q.csv", "--knowledge", "k.csv")
    assert result.exit_code == 1
    assert result.stderr.startswith(sentence)


@pytest.mark.usefixtures("files")
def test_rows_that_cannot_be_written_are_told(xiaoer: Xiaoer) -> None:
    result = xiaoer("eval", "--questions", "q.csv", "--knowledge", "k.csv", "--rows", "nowhere/out.csv")
    assert result.exit_code == 1
    assert "nowhere/out.csv" in result.stderr


@pytest.mark.usefixtures("files")
def test_a_file_that_is_not_there_is_a_mistake_in_use(xiaoer: Xiaoer) -> None:
    assert xiaoer("eval", "--questions", "none.csv").exit_code == 2
    assert xiaoer("eval").exit_code == 2
