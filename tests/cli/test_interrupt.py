"""Ctrl-C ends waiting at once, and lets work in hand end by itself."""

import os
import signal
from collections.abc import Iterator

import pytest

from cli.interrupt import SIGNALS, Interrupt


@pytest.fixture
def interrupt() -> Iterator[Interrupt]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield Interrupt()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("interrupt")
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_interrupts_at_once(number: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)


def test_work_in_hand_is_asked_to_stop_and_then_interrupted(interrupt: Interrupt) -> None:
    answers = []

    def work() -> None:
        with interrupt.deferred() as should_stop:
            answers.append(should_stop())
            os.kill(os.getpid(), signal.SIGINT)
            answers.append(should_stop())
            raise RuntimeError("the work says that it was cancelled")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert answers == [False, True]


def test_a_second_signal_does_not_wait(interrupt: Interrupt) -> None:
    reached = []

    def work() -> None:
        with interrupt.deferred():
            os.kill(os.getpid(), signal.SIGINT)
            reached.append("after the first")
            os.kill(os.getpid(), signal.SIGINT)
            reached.append("after the second")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert reached == ["after the first"]
