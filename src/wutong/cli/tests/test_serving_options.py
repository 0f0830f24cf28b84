"""`wutong serve` refuses a taken port before it starts anything."""

import socket

import pytest

from wutong.base.errors import Refused
from wutong.cli.commands import serve


def test_a_taken_port_is_refused_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refused) as refusal:
            serve.refuse_taken_port("127.0.0.1", port)
    assert f"PORT={port + 1}" in str(refusal.value)


def test_a_free_port_is_not_refused() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve.refuse_taken_port("127.0.0.1", port)
    assert not serve.answers("127.0.0.1", port)
