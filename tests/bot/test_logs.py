from __future__ import annotations

import io
import json
import logging
import warnings
from typing import TYPE_CHECKING

import pytest

from bot import logs

if TYPE_CHECKING:
    from collections.abc import Iterator

WEBHOOK_SECRET = "whsec_" + "QUFBQmJi" * 4
MIXED_KEY = "aB3" * 16


def refuse(why: str) -> None:
    raise ConnectionError(why)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def put_logging_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = handlers, level
    for name in logs.CHATTY:
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def written() -> io.StringIO:
    stream = io.StringIO()
    logs.configure(stream=stream)
    return stream


@pytest.fixture
def log() -> logging.Logger:
    return logging.getLogger("bot.story")


def test_each_event_is_one_json_line_with_its_facts(written: io.StringIO, log: logging.Logger) -> None:
    log.info("message %s accepted", "m-1", extra={"channel": "shop", "rows": 0, "seconds": 0.5, "late": None})
    (line,) = map(json.loads, written.getvalue().splitlines())
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "bot.story",
        "event": "message m-1 accepted",
        "channel": "shop",
        "rows": 0,
        "seconds": 0.5,
        "late": None,
    }


def test_a_fact_cannot_pose_as_the_event(written: io.StringIO, log: logging.Logger) -> None:
    log.info("door opened", extra={"event": "something else"})
    assert json.loads(written.getvalue())["event"] == "door opened"


def test_numbers_that_json_cannot_hold_and_broken_text_are_still_written(
    written: io.StringIO, log: logging.Logger
) -> None:
    log.info("odd \ud800 text", extra={"large": 2**70, "broken": "\udfff", "channels": ("a", "b")})
    line = json.loads(written.getvalue())
    assert line["event"] == "odd ? text"
    assert line["large"] == str(2**70)
    assert line["broken"] == "?"
    assert line["channels"] == "('a', 'b')"


def test_trouble_comes_with_its_traceback_and_without_its_secret(written: io.StringIO, log: logging.Logger) -> None:
    try:
        refuse(f"refused by postgresql://shop:hunter2@db/xiaoer with {WEBHOOK_SECRET}")
    except ConnectionError:
        log.exception("database gone", stack_info=True)
    line = json.loads(written.getvalue())
    assert "ConnectionError" in line["trouble"]
    assert "Stack (most recent call last)" in line["trouble"]
    assert "hunter2" not in written.getvalue()
    assert WEBHOOK_SECRET not in written.getvalue()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"signed with {WEBHOOK_SECRET} today", "signed with [secret] today"),
        ("postgresql://shop:hunter2@db/xiaoer", "postgresql://shop:[secret]@db/xiaoer"),
        ("Authorization: Bearer abcdefgh12345678", "Authorization: Bearer [secret]"),
        ("XIAOER_TAOBAO_SECRET=hunter2", "XIAOER_TAOBAO_SECRET=[secret]"),
        ("{'token': 'hunter2', 'at': 1}", "{'token': '[secret]', 'at': 1}"),
        ("sk-abcdefgh12345678", "[secret]"),
        (f"a key: {MIXED_KEY}==", "a key: [secret]"),
        (f"密钥{MIXED_KEY}不对", "密钥[secret]不对"),
        (f"{WEBHOOK_SECRET}是旧的", "[secret]是旧的"),
        ("secret: hunter2", "secret: [secret]"),
        ("password: swordfish refused", "password: [secret] refused"),
        ("secret=must", "secret=[secret]"),
        ("api_key=hunter2，请改", "api_key=[secret]，请改"),
        ("Basic dXNlcjpwYXNzd29yZA==", "Basic [secret]"),
    ],
)
def test_what_looks_like_a_key_is_struck_out(text: str, kept: str) -> None:
    assert logs.redact(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "r-5f0a9b0c5f0a9b0c5f0a9b0c5f0a9b0c5f0a9b0c5f0a9b0c",
        "/srv/Shop1/lib/python3.11/site-packages/sqlalchemy/engine/base.py",
        "http://127.0.0.1:8080/chat/my-shop?lang=zh",
        "新疆包邮吗",
        "channels[1].secret: must be base64 after whsec_; make one",
        "channels[1].secret: asks for the environment variable SHOP_SECRET, which is not set; set it",
        "semantic.api_key: must be text in quotes",
        "channels[2].token: is required; add it",
        "the signature does not match: is the secret the same on both sides?",
        "a basic understanding of bearer certificates",
        "这款耳机支持iPhone15和所有带蓝牙的安卓手机平板电脑和电视打开充电盒在蓝牙列表里选它就能配对",
    ],
)
def test_ids_paths_and_questions_stay_readable(text: str) -> None:
    assert logs.redact(text) == text


def test_a_fact_whose_name_says_secret_is_struck_out(written: io.StringIO, log: logging.Logger) -> None:
    log.info("channel ready", extra={"webhook_secret": "hunter2", "password": "hunter2", "reply": WEBHOOK_SECRET})
    line = json.loads(written.getvalue())
    assert line["webhook_secret"] == line["password"] == line["reply"] == "[secret]"


def test_a_terminal_gets_a_line_for_people(log: logging.Logger) -> None:
    stream = Terminal()
    logs.configure(stream=stream)
    log.info("started", extra={"port": 8080})
    log.warning("buyer said \x1b[31m\nfake line")
    quiet, loud = stream.getvalue().splitlines()
    assert quiet[8:] == " started  port=8080"
    assert loud[8:] == " WARNING buyer said  [31m fake line"


def test_a_terminal_gets_tracebacks_below_the_line(log: logging.Logger) -> None:
    stream = Terminal()
    logs.configure(stream=stream)
    try:
        refuse("not today")
    except ConnectionError:
        log.exception("platform gone")
    first, second, *_ = stream.getvalue().splitlines()
    assert first.endswith("ERROR platform gone")
    assert second == "Traceback (most recent call last):"


def test_the_level_is_chosen_and_requests_are_not_logged_one_by_one(log: logging.Logger) -> None:
    stream = io.StringIO()
    logs.configure(level="WARNING", stream=stream)
    log.info("not asked for")
    logs.configure(level="INFO", stream=stream)
    logging.getLogger("aiohttp.access").info("GET /livez")
    assert stream.getvalue() == ""


def test_warnings_of_libraries_become_lines(written: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old way", UserWarning, stacklevel=1)
    assert "old way" in json.loads(written.getvalue())["event"]


def test_without_a_stream_it_is_stderr(capsys: pytest.CaptureFixture[str], log: logging.Logger) -> None:
    logs.configure()
    log.info("started")
    assert json.loads(capsys.readouterr().err)["event"] == "started"


def test_what_a_start_logs_comes_after_its_first_line(written: io.StringIO, log: logging.Logger) -> None:
    with logs.held() as let_go:
        log.warning("holidays are a guess")
        assert written.getvalue() == ""
        written.write("ready\n")
        let_go()
        log.info("stopping")
    assert [
        next(word for word in ("ready", "holidays", "stopping") if word in line)
        for line in written.getvalue().splitlines()
    ] == ["ready", "holidays", "stopping"]


def test_what_was_held_back_is_out_when_a_start_fails(written: io.StringIO, log: logging.Logger) -> None:
    def start() -> None:
        with logs.held():
            log.warning("held back")
            refuse("no database")

    with pytest.raises(ConnectionError):
        start()
    assert "held back" in written.getvalue()
    with logs.held():
        log.warning("before")
        log.error("an error")
        assert [json.loads(line)["event"] for line in written.getvalue().splitlines()][1:] == ["before", "an error"]
