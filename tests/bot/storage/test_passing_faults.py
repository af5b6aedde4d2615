"""Faults of PostgreSQL that pass: what was not written runs again, and what does not pass is an outage in words."""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
import ssl
import subprocess
import traceback
from typing import TYPE_CHECKING

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import bot.storage.engine.postgresql
from adapters.contract import Author, Inbound, Message, Text
from bot.errors import StorageDown
from bot.storage import inbox
from bot.storage.engine.database import open_database
from bot.storage.engine.schema import upgrade
from bot.storage.inbox import Arrival
from tests.fakes import MORNING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database
    from tests.postgres import Postgres

CANARY = "13800138000"


@pytest.fixture
async def url(postgres: Postgres) -> AsyncIterator[str]:
    await postgres.run("CREATE DATABASE faults")
    yield postgres.url("faults")
    await postgres.run("DROP DATABASE faults WITH (FORCE)")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as opened:
        await opened.write(_run, "CREATE TABLE note (words TEXT PRIMARY KEY, times INT NOT NULL DEFAULT 0)")
        yield opened


def _run(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def _count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM note")).scalar_one())


class Fails:
    """Work that fails so many times with this code, and then writes a note."""

    def __init__(self, code: str, *, times: int) -> None:
        self.code = code
        self.left = times

    def __call__(self, connection: Connection) -> str:
        connection.execute(text("INSERT INTO note VALUES (:words)"), {"words": f"{self.code} {self.left}"})
        if self.left:
            self.left -= 1
            connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{self.code}'; END $$"))
        return "written"


@pytest.mark.parametrize("code", ["57014", "55P03", "40P01", "40001", "57P01", "08006"])
async def test_what_passes_runs_again_and_is_written_once(database: Database, code: str) -> None:
    assert await database.write(Fails(code, times=2)) == "written"
    assert await database.read(_count) == 1


@pytest.mark.parametrize("code", ["57014", "55P03", "40P01", "40001", "25P03", "53100", "53300", "25006", "58030"])
async def test_what_does_not_pass_is_an_outage_and_nothing_is_written(database: Database, code: str) -> None:
    with pytest.raises(StorageDown):
        await database.write(Fails(code, times=99))
    assert await database.read(_count) == 0


def _backend(connection: Connection) -> int:
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


async def test_a_connection_on_which_anything_failed_is_not_used_again(database: Database) -> None:
    before = await database.read(_backend)
    assert await database.read(_backend) == before
    await database.write(Fails("57014", times=1))
    assert await database.read(_backend) != before


async def test_a_statement_that_somebody_cancels_runs_again(database: Database) -> None:
    cancelled = 0

    async def cancel() -> None:
        nonlocal cancelled
        while not cancelled:
            found = await database.read(
                lambda connection: connection.execute(
                    text(
                        "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity"
                        " WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"
                    )
                ).scalar_one()
            )
            cancelled += int(found)

    pauses = iter(["SELECT pg_sleep(60)", "SELECT pg_sleep(0)"])
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(database.write(lambda connection: _run(connection, next(pauses))))
        tasks.create_task(cancel())
    assert writing.done()
    assert cancelled


async def test_a_lock_that_is_not_given_in_time_is_waited_for_again(url: str, database: Database) -> None:
    await database.write(_run, "INSERT INTO note VALUES ('a')")
    other = await asyncpg.connect(url)
    await other.execute("BEGIN")
    await other.execute("SELECT * FROM note FOR UPDATE")

    def impatient(connection: Connection) -> None:
        connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
        connection.execute(text("UPDATE note SET times = times + 1"))

    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(database.write(impatient))
        await asyncio.sleep(0.08)
        await other.execute("COMMIT")
    await other.close()
    assert writing.done()


async def test_a_connection_that_the_server_ends_is_replaced_at_once(url: str, database: Database) -> None:
    assert await database.read(_count) == 0
    other = await asyncpg.connect(url)
    await other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    await other.close()
    assert await database.write(Fails("", times=0)) == "written"


async def test_too_many_connections_are_an_outage_in_words(url: str, postgres: Postgres) -> None:
    await postgres.run("ALTER DATABASE faults CONNECTION LIMIT 0")
    await postgres.run("CREATE ROLE guest LOGIN")
    async with open_database(url.replace("shop@", "guest@")) as database:
        with pytest.raises(StorageDown, match="too many connections"):
            await database.read(_count)
    await postgres.run("DROP ROLE guest")


async def test_a_mistake_of_ours_is_told_without_what_was_written(database: Database) -> None:
    def twice(connection: Connection) -> None:
        for _ in range(2):
            connection.execute(text("INSERT INTO note VALUES (:words)"), {"words": CANARY})

    def no_number(connection: Connection) -> None:
        connection.execute(text("SELECT CAST(:words AS INT)"), {"words": CANARY})

    for mistake in (twice, no_number):
        with pytest.raises(DBAPIError) as found:
            await database.write(mistake)
        told = "".join(traceback.format_exception(found.value))
        assert CANARY not in told
    assert "INT" in told


@pytest.mark.parametrize("parameters", [{"words": CANARY, "times": None}, {"words": CANARY, "times": 2**70}])
async def test_on_sqlite_it_is_told_without_what_was_written_too(tmp_path: Path, parameters: dict[str, object]) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'shop.db'}") as database:
        await database.write(_run, "CREATE TABLE note (words TEXT PRIMARY KEY, times INT NOT NULL)")
        with pytest.raises((DBAPIError, OverflowError)) as found:
            await database.write(
                lambda connection: connection.execute(text("INSERT INTO note VALUES (:words, :times)"), parameters)
            )
        assert CANARY not in "".join(traceback.format_exception(found.value))


# The address


async def test_an_address_may_have_what_other_clients_take(url: str) -> None:
    asked = f"{url}?sslmode=prefer&application_name=xiaoer-test&connect_timeout=3&channel_binding=prefer&keepalives=1"
    async with open_database(asked) as database:
        shown = await database.read(lambda connection: connection.execute(text("SHOW application_name")).scalar_one())
        assert shown == "xiaoer-test"
        async with database.listening(lambda _topic: None):
            pass


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
async def test_a_server_without_tls_is_not_talked_to_where_it_is_asked_for(
    url: str, mode: str, certificate: Path
) -> None:
    async with open_database(f"{url}?sslmode={mode}&sslrootcert={certificate}") as database:
        with pytest.raises(StorageDown, match="SSL upgrade"):
            await database.read(_count)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A certificate of this machine's own for the name localhost, with its key beside it."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    yield folder / "cert.pem"
    shutil.rmtree(folder)


@pytest.fixture
async def tls_url(url: str, certificate: Path) -> AsyncIterator[str]:
    """The same server behind TLS, which the server of the tests itself cannot speak."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    address, _, name = url.rpartition("/")
    port = int(address.rpartition(":")[2])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)  # "may we speak TLS?"
        writer.write(b"S")
        await writer.start_tls(context)
        inner, outward = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_pipe(reader, outward))
            tasks.create_task(_pipe(inner, writer))

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (OSError, ExceptionGroup, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0)
    async with server:
        yield f"postgresql://shop@localhost:{server.sockets[0].getsockname()[1]}/{name}"


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def test_tls_is_spoken_and_verified_when_asked(tls_url: str, certificate: Path) -> None:
    for asked in ("sslmode=require&channel_binding=require", f"sslmode=verify-full&sslrootcert={certificate}"):
        async with open_database(f"{tls_url}?{asked}") as database:
            assert await database.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one()) == 1


@pytest.mark.parametrize("asked", ["sslmode=verify-full", "sslmode=verify-ca", "sslrootcert=system"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(tls_url: str, asked: str) -> None:
    async with open_database(f"{tls_url}?{asked}") as database:
        with pytest.raises(StorageDown, match="certificate"):
            await database.read(_count)


async def test_a_certificate_of_another_name_is_refused_by_a_full_check_only(tls_url: str, certificate: Path) -> None:
    by_number = tls_url.replace("localhost", "127.0.0.1")
    async with open_database(f"{by_number}?sslmode=verify-ca&sslrootcert={certificate}") as database:
        assert await database.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one()) == 1
    async with open_database(f"{by_number}?sslmode=verify-full&sslrootcert={certificate}") as database:
        with pytest.raises(StorageDown, match="certificate"):
            await database.read(_count)


# Two nodes


async def test_two_nodes_that_hear_of_the_same_conversations_in_other_orders_wait(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were one of them to hold what the other one waits for, the server would end its work, which is not repeated."""
    monkeypatch.setattr(bot.storage.engine.postgresql, "PAUSES_SECONDS", ())
    async with open_database(url) as here, open_database(url) as there:
        await here.write(upgrade)
        arrivals = [_arrival(number) for number in range(30)]
        for turn in range(4):
            first, second = ([_again(each, f"{turn}-{node}") for each in arrivals] for node in ("here", "there"))
            stored = await asyncio.gather(
                here.write(inbox.store, first), there.write(inbox.store, list(reversed(second)))
            )
            assert [sum(each) for each in stored] == [len(arrivals)] * 2


def _arrival(number: int) -> Arrival:
    message = Message(author=Author(kind="staff", id="s-1"), content=Text("在的"))
    inbound = Inbound(external_id=f"m-{number}", conversation_id=f"c-{number}", event=message)
    return Arrival(channel="tea", inbound=inbound, received_at=MORNING)


def _again(arrival: Arrival, turn: str) -> Arrival:
    inbound = dataclasses.replace(arrival.inbound, external_id=f"{arrival.inbound.external_id}-{turn}")
    return dataclasses.replace(arrival, inbound=inbound)
