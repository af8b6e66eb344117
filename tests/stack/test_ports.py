"""Ports are found among those that others may take at any moment."""

import os
import socket
from collections.abc import Iterator

import pytest

from core.errors import PortTaken
from stack.ports import describe_holder, find_free_port, is_free


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_not_free(taken_port: int) -> None:
    assert not is_free(taken_port)


def test_the_preferred_port_is_kept_while_it_is_free(taken_port: int) -> None:
    assert find_free_port(20_000, 20_999, preferred=21_777) == 21_777
    assert find_free_port(20_000, 20_999, preferred=taken_port) in range(20_000, 21_000)


def test_no_free_port_says_what_to_do(taken_port: int) -> None:
    with pytest.raises(PortTaken, match=r"tanaban stack stop"):
        find_free_port(taken_port, taken_port)


def test_the_holder_of_a_port_is_named(taken_port: int) -> None:
    assert f"(pid {os.getpid()})" in describe_holder(taken_port)
