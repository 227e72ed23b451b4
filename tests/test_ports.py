"""Where servers listen: on what they say, and an answer leaves at once."""

import asyncio
import socket
from contextlib import closing
from pathlib import Path

import pytest

import glassnet
from glassnet import GlassnetError
from glassnet.ports import listening


def test_an_answer_does_not_wait_for_more_of_it() -> None:
    """A server that writes its head and its content apart would else wait for the other side's word, 40 ms."""

    async def held_back() -> bool:
        found: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def came(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            option = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            found.set_result(not option)
            writer.close()

        listener = listening("127.0.0.1", 0)
        async with await asyncio.start_server(came, sock=listener):
            with closing(socket.create_connection(listener.getsockname())):
                return await found

    assert not asyncio.run(held_back())


def test_the_first_free_port_is_taken_and_a_taken_one_is_said() -> None:
    with listening("127.0.0.1", 0) as first:
        taken = first.getsockname()[1]
        with listening("127.0.0.1", taken, 0) as second:
            assert second.getsockname()[1] not in (0, taken)
        with pytest.raises(GlassnetError, match=f"^port {taken} of 127.0.0.1 can't be used .* Leave --port out"):
            listening("127.0.0.1", taken)
    with pytest.raises(GlassnetError, match="port 99999 of"):
        listening("127.0.0.1", 99999)


def test_no_other_place_listens() -> None:
    root = Path(glassnet.__file__).parent
    found = [path.name for path in root.rglob("*.py") if ".listen(" in path.read_text(encoding="utf-8")]
    assert found == ["ports.py"]
