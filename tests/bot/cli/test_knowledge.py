from __future__ import annotations

import asyncio
import dataclasses
import io
import json
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from bot.storage.accounts import audit
from bot.storage.engine.database import open_database
from knowledge.manual.entry import Answer
from knowledge.manual.files import starter_manual
from knowledge.workbook.exporting import to_workbook
from tests.bot.cli.conftest import shop_manual
from tests.shop import stock
from tests.small_manual import NONSENSE
from tests.workbooks import imported

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.manual.entry import Manual
    from tests.bot.cli.conftest import Serve, Xiaoer


def manual_in(file: Path) -> Manual:
    return imported(file.read_bytes())


async def _logged(url: str) -> list[tuple[str, str]]:
    async with open_database(url) as database:
        return [(each.entry.action, each.entry.about) for each in await database.read(audit.newest, most=10)]


def many_facts_changed(manual: Manual) -> Manual:
    facts = tuple(dataclasses.replace(fact, title=f"{fact.title}。") for fact in manual.facts)
    return dataclasses.replace(manual, facts=facts, entries=manual.entries[1:], products=manual.products)


@pytest.mark.usefixtures("stocked")
def test_what_goes_out_comes_in_again(xiaoer: Xiaoer, tmp_path: Path) -> None:
    result = xiaoer("knowledge", "export", "shop.xlsx")
    assert result.exit_code == 0
    assert result.stdout == f"Revision 1 is in shop.xlsx: {len(shop_manual().entries)} entries.\n"
    assert manual_in(tmp_path / "shop.xlsx") == shop_manual()
    assert xiaoer("knowledge", "import", "shop.xlsx").stdout == "Nothing has changed: Revision 1 stays in use.\n"


def test_without_a_database_the_starter_manual_goes_out(xiaoer: Xiaoer, tmp_path: Path) -> None:
    assert "The starter manual is in shop.xlsx" in xiaoer("knowledge", "export", "shop.xlsx").stdout
    assert manual_in(tmp_path / "shop.xlsx") == starter_manual()
    assert [each.name for each in tmp_path.iterdir()] == ["shop.xlsx"]


def test_an_edited_workbook_is_a_new_revision_and_the_old_one_is_kept(
    xiaoer: Xiaoer, stocked: str, tmp_path: Path
) -> None:
    before, edited = shop_manual(), many_facts_changed(shop_manual())
    (tmp_path / "shop.xlsx").write_bytes(to_workbook(edited))
    result = xiaoer("knowledge", "import", "shop.xlsx")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Revision 2 is published; running servers use it within a second.\n")
    assert f"entries    1 removed: {before.entries[0].id}\n" in result.stdout
    assert f"facts      {len(before.facts)} changed: " in result.stdout
    assert f" and {len(before.facts) - 12} more\n" in result.stdout
    assert f"(-{len(before.entries[0].questions)})" in result.stdout
    for revision, manual in (("1", before), ("2", edited)):
        xiaoer("knowledge", "export", f"back-{revision}.xlsx", "--revision", revision)
        assert manual_in(tmp_path / f"back-{revision}.xlsx") == manual
    assert asyncio.run(_logged(stocked)) == [("manual.published", "revision 2")]


@pytest.mark.usefixtures("stocked")
def test_questions_from_a_csv_file_join_their_entries(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("entry,question\ncourier,走的是极兔吗\ncourier,发什么快递\n", encoding="utf-8")
    result = xiaoer("knowledge", "import", "more.csv")
    assert result.exit_code == 0, result.stderr
    assert "entries    1 changed: courier\n" in result.stdout
    assert "(+1)" in result.stdout
    assert json.loads(xiaoer("ask", "走的是极兔吗", "--json").stdout)["texts"] == ["默认发中通。"]


def test_the_first_import_makes_a_database_only_where_that_is_meant(
    xiaoer: Xiaoer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop.xlsx").write_bytes(to_workbook(shop_manual()))
    refused = xiaoer("knowledge", "import", "shop.xlsx")
    assert refused.exit_code == 1
    assert f"makes a new one: {tmp_path}/var/xiaoer.db" in refused.stderr
    assert "--new" in refused.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["shop.xlsx"]
    made = xiaoer("knowledge", "import", "shop.xlsx", "--new").stdout
    assert f"makes a new one: {tmp_path}/var/xiaoer.db\nRevision 1 is published" in made
    monkeypatch.setenv("XIAOER_DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    assert f"makes a new one: {tmp_path}/other.db\n" in xiaoer("knowledge", "import", "shop.xlsx").stdout


def test_a_file_that_is_refused_makes_no_database(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "shop.xlsx").write_bytes(b"not at all")
    assert "另存为 .xlsx" in xiaoer("knowledge", "import", "shop.xlsx", "--new").stderr
    assert [each.name for each in tmp_path.iterdir()] == ["shop.xlsx"]


def test_an_export_never_writes_over_a_file(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "shop.xlsx").write_bytes(b"an evening of work")
    result = xiaoer("knowledge", "export", "shop.xlsx")
    assert result.exit_code == 1
    assert "is there already and stays as it is: give another name" in result.stderr
    assert (tmp_path / "shop.xlsx").read_bytes() == b"an evening of work"


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("verb", ["import", "check"])
def test_every_bad_row_is_named_and_nothing_is_imported(xiaoer: Xiaoer, tmp_path: Path, verb: str) -> None:
    (tmp_path / "more.csv").write_text("entry,question\ncourier,走极兔吗\nnobody,什么\ncourier,\n", encoding="utf-8")
    result = xiaoer("knowledge", verb, "more.csv")
    assert result.exit_code == 1
    head, first, second, end = result.stderr.splitlines()
    assert head == "“more.csv”里有 2 处要改，改好存盘再导入一次："
    assert "第 3 行" in first
    assert "nobody" in first
    assert "第 4 行" in second
    assert end == "Nothing was imported."
    assert xiaoer("knowledge", "export", "back.xlsx", "--revision", "2").exit_code == 1


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("verb", ["import", "check"])
def test_bad_rows_and_mistakes_of_the_whole_are_named_together(xiaoer: Xiaoer, tmp_path: Path, verb: str) -> None:
    workbook = load_workbook(io.BytesIO(to_workbook(shop_manual())))
    workbook["回答"]["I2"] = "火星"
    workbook["回答"]["Q3"] = "默认发{carrier}。"
    workbook.save(tmp_path / "shop.xlsx")
    _, first, second, end = xiaoer("knowledge", verb, "shop.xlsx").stderr.splitlines()
    assert "不认识“火星”" in first
    assert second.startswith("工作表“回答”第 3 行“消息1”列: “{carrier}”不是资料")
    assert end == "Nothing was imported."


def test_one_fault_is_one_line_with_its_row_however_many_answers_it_spoils(xiaoer: Xiaoer, tmp_path: Path) -> None:
    workbook = load_workbook(io.BytesIO(to_workbook(starter_manual())))
    (row,) = (cells for cells in workbook["资料"].iter_rows() if cells[0].value == "return_days")
    row[2].value = None
    workbook.save(tmp_path / "shop.xlsx")
    fault, end = xiaoer("knowledge", "check", "shop.xlsx").stderr.splitlines()
    assert fault.startswith(f"工作表“资料”第 {row[0].row} 行“内容”列：没有填，用到它的有：工作表“回答”第 ")
    assert " 等 " in fault
    assert end == "Nothing was imported."


def test_faults_of_every_kind_come_in_one_round(xiaoer: Xiaoer, tmp_path: Path) -> None:
    workbook = load_workbook(io.BytesIO(to_workbook(starter_manual())))
    workbook.remove(workbook["商品"])
    workbook["机器人用语"]["C1"] = "说什么"
    workbook["条目"]["C2"] = None
    workbook["问法"]["C3"] = workbook["问法"][f"C{workbook['问法'].max_row}"].value
    workbook["回答"]["I2"] = "火星"
    workbook["回答"]["Q4"] = "发{carrier}。"
    workbook["回答"]["R5"] = "发{shop_name}的 { 货"
    workbook["资料"]["A2"] = "2号"
    workbook.save(tmp_path / "shop.xlsx")
    told = xiaoer("knowledge", "check", "shop.xlsx").stderr
    for place in (
        "工作表“商品”：没有这个工作表",
        "工作表“机器人用语”第 1 行“消息1”列",
        "工作表“条目”第 2 行“标题”列：没有标题",
        "行“问法”列: “",
        "工作表“回答”第 2 行“收货地区”列",
        "工作表“回答”第 4 行“消息1”列: “{carrier}”",
        "工作表“回答”第 5 行“消息2”列: “ame}的 { 货”里的花括号不成对",
        "工作表“资料”第 2 行“名称”列：资料名“2号”",
    ):
        assert place in told


def test_a_fault_makes_no_second_one_and_has_its_column(xiaoer: Xiaoer, tmp_path: Path) -> None:
    workbook = load_workbook(io.BytesIO(to_workbook(starter_manual())))
    workbook["商品"]["B2"] = None
    workbook["回答"]["Q3"] = "=1/0"
    told = {(row[0].value, row[3].value): row for row in workbook["商品属性"].iter_rows()}
    told["sweater-wool", "{material}"][2].value = None
    workbook.save(tmp_path / "shop.xlsx")
    _, formula, nameless, lacking, *others, end = xiaoer("knowledge", "check", "shop.xlsx").stderr.splitlines()
    assert formula.startswith("工作表“回答”第 3 行“消息1”列：这一格的公式还没有算出结果")
    assert nameless == "工作表“商品”第 2 行“名称”列：没有名称"
    assert lacking.endswith(": 商品 sweater-wool 没有填“material”，买家问到它只能转人工")
    assert "“编号”" not in lacking
    assert (others, end) == ([], "Nothing was imported.")


@pytest.mark.parametrize("locale", ["en_US.UTF-8", "de_DE"])
def test_faults_are_told_in_the_language_of_the_terminal(
    xiaoer: Xiaoer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    monkeypatch.setenv("LANG", locale)
    workbook = load_workbook(io.BytesIO(to_workbook(starter_manual())))
    workbook["条目"]["C2"] = None
    workbook["问法"]["C3"] = workbook["问法"][f"C{workbook['问法'].max_row}"].value
    workbook["回答"]["I2"] = "火星"
    workbook["回答"]["Q4"] = "发{carrier}。"
    workbook.save(tmp_path / "shop.xlsx")
    head, *faults, end = xiaoer("knowledge", "check", "shop.xlsx").stderr.splitlines()
    assert head == f"“shop.xlsx”: {len(faults)} things to put right; then save it and import it again:"
    assert faults[:2] == [
        "sheet “条目” row 2 column “标题”: it has no title",
        "sheet “回答” row 2 column “收货地区”: “火星” is not known; it may be the short name of a province (新疆) or "
        + faults[1].rpartition(" or ")[2],
    ]
    assert (
        "sheet “回答” row 4 column “消息1”: “{carrier}” is no fact and no attribute, and nothing computes it" in faults
    )
    assert all(each.startswith("sheet “") for each in faults)
    assert end == "Nothing was imported."


@pytest.mark.parametrize("locale", ["zh_CN.UTF-8", "C.UTF-8", "POSIX", ""])
def test_faults_are_told_in_chinese_where_the_terminal_names_no_other_language(
    xiaoer: Xiaoer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    (tmp_path / "shop.csv").write_text("日期,天气\n今天,晴\n", encoding="utf-8")
    assert xiaoer("knowledge", "check", "shop.csv").stderr.startswith("“shop.csv”里没有找到问题和答案")


def test_warnings_and_what_was_taken_are_told_in_english(
    xiaoer: Xiaoer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_MESSAGES", "en_GB.UTF-8")
    (tmp_path / "list.csv").write_text("问题,答案,备注\n包邮吗/要运费吗,满59元包邮,问小陈\n", encoding="utf-8")
    result = xiaoer("knowledge", "import", "list.csv", "--new")
    assert "1 entries were taken, with 2 ways to ask" in result.stdout
    assert "sheet “list.csv”, row 1 holds the column names: “问题”, “答案” were taken, “备注” were not" in result.stdout
    assert "Warning: entries: too few questions: 8 for each entry are needed" in result.stderr
    assert "Warning: facts: still the shipped defaults" in xiaoer("check").stderr


def test_an_owners_list_is_published_with_what_was_taken_and_left_out(xiaoer: Xiaoer, tmp_path: Path) -> None:
    rows = "我的问答,,\n问题,答案,备注\n包邮吗/要运费吗,满59元包邮,问小陈\n什么时候发货,当天发,\n"
    (tmp_path / "list.csv").write_text(rows, encoding="gbk")
    result = xiaoer("knowledge", "import", "list.csv", "--new")
    assert result.exit_code == 0, result.stderr
    assert "工作表“list.csv”第 2 行是列名：取了“问题”、“答案”，没有取“备注”" in result.stdout
    assert "取了 2 条，3 种问法" in result.stdout
    assert json.loads(xiaoer("ask", "要运费吗", "--quick", "--json").stdout)["texts"] == ["满59元包邮"]
    assert "Nothing has changed" in xiaoer("knowledge", "import", "list.csv").stdout


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("verb", ["import", "check"])
def test_a_manual_with_mistakes_is_refused_in_sentences(xiaoer: Xiaoer, tmp_path: Path, verb: str) -> None:
    manual = shop_manual()
    missing, *lines = manual.lines
    (tmp_path / "shop.xlsx").write_bytes(to_workbook(dataclasses.replace(manual, lines=tuple(lines))))
    result = xiaoer("knowledge", verb, "shop.xlsx")
    assert result.exit_code == 1
    assert missing.id in result.stderr
    assert "Traceback" not in result.stderr
    assert "Revision 1" in xiaoer("knowledge", "export", "back.xlsx").stdout


@pytest.mark.usefixtures("stocked")
def test_check_says_what_import_would_change_and_changes_nothing(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("entry,question\ncourier,走的是极兔吗\n", encoding="utf-8")
    result = xiaoer("knowledge", "check", "more.csv")
    assert result.exit_code == 0
    assert result.stdout.startswith("entries    1 changed: courier\n")
    assert "Warning: " in result.stderr  # fewer example questions than an entry should have
    assert "Revision 1" in xiaoer("knowledge", "export", "back.xlsx").stdout


@pytest.mark.usefixtures("stocked")
def test_a_running_server_takes_in_what_is_imported(xiaoer: Xiaoer, serve: Serve, tmp_path: Path) -> None:
    server = serve()
    assert "ready" in server.says()
    (tmp_path / "shop.xlsx").write_bytes(to_workbook(many_facts_changed(shop_manual())))
    assert xiaoer("knowledge", "import", "shop.xlsx").exit_code == 0
    assert server.logs('"event":"manual in use","revision":2')
    assert server.stops()[0] == 0


@pytest.mark.usefixtures("stocked")
def test_an_entry_gets_more_questions_from_the_library(xiaoer: Xiaoer) -> None:
    told = json.loads(xiaoer("knowledge", "suggest", "return", "--most", "3", "--json").stdout)
    assert {name: told[name] for name in ("entry", "title", "examples")} == {
        "entry": "return",
        "title": "怎么退货",
        "examples": 3,
    }
    assert len(told["suggestions"]) == 3
    first = told["suggestions"][0]
    assert first.keys() == {"question", "intent", "intent_title", "understood", "confidence"}
    result = xiaoer("knowledge", "suggest", "return", "--most", "3")
    assert result.stdout.startswith("return 怎么退货: 3 example questions\n")
    assert all(f"  {each['intent_title']}  " in result.stdout for each in told["suggestions"])
    assert [line.split("  ")[0] for line in result.stdout.splitlines()[3:6]] == [
        each["question"] for each in told["suggestions"]
    ]
    assert xiaoer("knowledge", "export", "back.xlsx", "--revision", "2").exit_code == 1


def test_an_entry_unlike_all_in_the_library_gets_no_questions(
    xiaoer: Xiaoer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manual = shop_manual()
    strange = dataclasses.replace(manual.entries[0], id="strange", title="魔法", questions=(NONSENSE,))
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    asyncio.run(stock(url, dataclasses.replace(manual, entries=(*manual.entries, strange))))
    monkeypatch.setenv("XIAOER_DATABASE_URL", url)
    assert "The library has nothing more" in xiaoer("knowledge", "suggest", "strange").stdout


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("export", "shop.csv"), 2, "shop.csv should end in .xlsx"),
        (("export", "nowhere/shop.xlsx"), 1, "nowhere/shop.xlsx"),
        (("export", "shop.xlsx", "--revision", "7"), 1, "there is no revision 7 of the manual; the newest is 1"),
        (("suggest", "retrun"), 1, "Revision 1 has no entry retrun; did you mean return?"),
        (("suggest", "zzz"), 1, "has no entry zzz; `xiaoer knowledge export` shows what there is"),
        (("import", "nowhere.xlsx"), 2, "does not exist"),
        (("import", "config.toml"), 2, "neither an .xlsx nor a .csv file"),
        (("import", "old.xls"), 2, "save as .xlsx (另存为 .xlsx)"),
        (("check", "old.xls"), 2, "save as .xlsx (另存为 .xlsx)"),
        (("import", "no-workbook.xlsx"), 1, "不是 Excel 文件"),
    ],
)
def test_what_cannot_be_done_is_told(
    xiaoer: Xiaoer, tmp_path: Path, words: tuple[str, ...], code: int, sentence: str
) -> None:
    (tmp_path / "config.toml").write_text("")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "no-workbook.xlsx").write_bytes(b"not at all")
    result = xiaoer("knowledge", *words)
    assert result.exit_code == code
    assert sentence in " ".join(result.stderr.split())


def test_the_starter_manual_has_no_revisions(xiaoer: Xiaoer) -> None:
    result = xiaoer("knowledge", "export", "shop.xlsx", "--revision", "1")
    assert result.exit_code == 1
    assert "this shop has not published a manual yet" in result.stderr


def test_a_text_longer_than_an_excel_cell_is_told(
    xiaoer: Xiaoer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manual = shop_manual()
    long = dataclasses.replace(manual.entries[0], answers=(Answer(bubbles=("好" * 40_000,)),))
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    asyncio.run(stock(url, dataclasses.replace(manual, entries=(long, *manual.entries[1:]))))
    monkeypatch.setenv("XIAOER_DATABASE_URL", url)
    result = xiaoer("knowledge", "export", "shop.xlsx")
    assert result.exit_code == 1
    assert "32767" in result.stderr.replace(",", "").replace(" ", "")
    assert not (tmp_path / "shop.xlsx").exists()
