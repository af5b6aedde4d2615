"""Writes down what wechatpy 2.0.0a26 sends for what our adapter does too. It cannot be installed beside 1.8, so:

    python3.11 -m venv ../wechatpy2 && ../wechatpy2/bin/pip install --pre wechatpy==2.0.0a26 cryptography
    PYTHONPATH=. ../wechatpy2/bin/python tests/adapters/wecom_kf/record_wechatpy.py

The record, `wechatpy_2.json`, is compared with our requests in `test_wecom_kf_adapter.py`; it also holds a delivery
that wechatpy has encrypted. Run it again when the version changes.
"""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import wechatpy
from wechatpy.work import WeChatClient
from wechatpy.work.crypto import WeChatCrypto

from tests.recorder import Recorder

RECORD = Path(__file__).with_name("wechatpy_2.json")
DELIVERY = Path(__file__).parent / "payloads" / "delivery.xml"
TOKEN, AES_KEY, CORP_ID = "token123", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "ww-teashop"
TIMESTAMP, NONCE = "1796004000", "1514711492"
PICTURE = b"a picture"
LINES = [
    {"type": "click", "click": {"id": "1", "content": "运费"}},
    {"type": "click", "click": {"id": "2", "content": "发货"}},
]


def calls(client: Any) -> dict[str, Any]:
    """Each intent, as wechatpy is asked for it."""
    return {
        "pull": lambda: client.kf.sync_msg("wake-1", "cursor-1", 1000),
        "state": lambda: client.kf.get_service_state("wk-teashop", "wm-buyer-1"),
        "give_to_person": lambda: client.kf.trans_service_state("wk-teashop", "wm-buyer-1", 3, "lin"),
        "queue": lambda: client.kf.trans_service_state("wk-teashop", "wm-buyer-1", 2),
        "who_receives": lambda: client.kf.get_servicer_list("wk-teashop"),
        "accounts": client.kf.get_account_list,
        "text": lambda: client.kf_message.send_text("wm-buyer-1", "wk-teashop", "好的 😀", "r-1"),
        "menu": lambda: client.kf_message.send_msgmenu("wm-buyer-1", "wk-teashop", "您想问哪一个？", LINES, "", "r-1"),
        "picture": lambda: client.kf_message.send_image("wm-buyer-1", "wk-teashop", "media-1", "r-1"),
        "welcome": lambda: client.kf.send_msg_on_event("welcome-1", "text", {"text": {"content": "您好"}}, "r-1"),
    }


def record() -> dict[str, object]:
    with Recorder(usually={"errcode": 0, "errmsg": "ok"}) as recorder:
        client = WeChatClient(CORP_ID, "secret")
        client.API_BASE_URL = f"{recorder.url}/cgi-bin/"
        client.session.set(client.access_token_key, "AT", 7000)
        client.expires_at = 2**40
        said: dict[str, object] = {}
        for name, call in calls(client).items():
            call()
            said[name] = recorder.calls[-1].said
        client.media.upload("image", ("picture.jpeg", BytesIO(PICTURE), "image/jpeg"))
        taken = recorder.calls[-1]
        form = {name: value.decode() for name, value in taken.form.items()}
        said["hand_in"] = (taken.method, taken.path, taken.query, form)
        recorder.answers("/cgi-bin/gettoken", {"errcode": 0, "access_token": "AT", "expires_in": 7200})
        _turned_to(recorder, client).fetch_access_token()
        said["log_in"] = recorder.calls[-1].said
    return {"wechatpy": wechatpy.__version__, "calls": said, "delivery": encrypted(), "handshake": handshake()}


def _turned_to(recorder: Recorder, client: Any) -> Any:
    """The same client; it fetches its token at WeCom's own address, whatever it is told, so the host is exchanged."""
    session = vars(client)["_http"]
    get = session.get
    session.get = lambda url, **more: get(url.replace("https://qyapi.weixin.qq.com", recorder.url), **more)
    return client


def encrypted() -> str:
    crypto = WeChatCrypto(TOKEN, AES_KEY, CORP_ID)
    return str(crypto.encrypt_message(DELIVERY.read_text("utf-8"), NONCE, TIMESTAMP))


def handshake() -> str:
    """What WeCom asks by GET is encrypted like a message; the answer is what it says in the clear."""
    crypto = WeChatCrypto(TOKEN, AES_KEY, CORP_ID)
    return str(crypto.encrypt_message("5927782489442352469", NONCE, TIMESTAMP))


if __name__ == "__main__":
    RECORD.write_text(json.dumps(record(), ensure_ascii=False, indent=1) + "\n", "utf-8")
