"""How much of one channel may be on the wire, and when it is left alone."""

from __future__ import annotations

from bot.domain.channels.circuit import ON_THE_WIRE_AT_MOST, OPENS_AFTER_FAILURES, QUICK_AT_ONCE, Circuit


def _fail(circuit: Circuit, times: int, *, at: float = 0.0) -> None:
    for row in range(times):
        circuit.begin(row, at=at)
        circuit.end(row, at=at, arrived=False)


def test_what_hangs_for_a_second_makes_room_for_others_up_to_a_bound() -> None:
    circuit, rows = Circuit(), iter(range(10_000))
    assert circuit.room(at=0) == QUICK_AT_ONCE
    for at in range(5):
        for _ in range(circuit.room(at=at)):
            circuit.begin(next(rows), at=at)
        assert circuit.room(at=at + 0.9) == 0
    assert circuit.room(at=100) == 0
    circuit.end(0, at=100, arrived=True)
    assert circuit.room(at=100) == 1
    assert next(rows) == ON_THE_WIRE_AT_MOST


def test_after_a_few_failures_in_a_row_one_probe_a_second_goes_out() -> None:
    circuit = Circuit()
    _fail(circuit, OPENS_AFTER_FAILURES - 1)
    assert circuit.room(at=0) == QUICK_AT_ONCE
    _fail(circuit, 1)
    assert circuit.is_open
    assert circuit.room(at=0.9) == 0
    assert circuit.room(at=1) == 1
    circuit.begin(1, at=1)
    assert circuit.room(at=1.9) == 0
    assert circuit.room(at=2) == 1  # the first probe hangs; the next one need not wait for it


def test_one_that_arrives_closes_it_again() -> None:
    circuit = Circuit()
    _fail(circuit, 50)
    circuit.begin(1, at=1)
    circuit.end(1, at=1, arrived=True)
    assert not circuit.is_open
    assert circuit.room(at=1) == QUICK_AT_ONCE


def test_failures_between_successes_never_open_it() -> None:
    circuit = Circuit()
    for _ in range(20):
        _fail(circuit, OPENS_AFTER_FAILURES - 1)
        circuit.begin(1, at=0)
        circuit.end(1, at=1, arrived=True)
    assert not circuit.is_open


def test_while_something_arrives_now_and_then_it_stays_closed() -> None:
    circuit = Circuit()
    circuit.begin(1, at=0)
    circuit.end(1, at=0, arrived=True)
    _fail(circuit, 300, at=4.9)
    assert not circuit.is_open
    _fail(circuit, 1, at=5)
    assert circuit.is_open
