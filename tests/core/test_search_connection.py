"""The API's own connection: what comes back, and what happens when the peer closes, breaks off, hangs or is no HTTP."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import opensearchpy
import pytest
import trustme
from opensearchpy import AsyncOpenSearch

from core.clients import create_async_opensearch
from core.search_connection import SearchConnection
from core.settings import Settings

ANSWER = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{"found": 42}'
FOUND = {"found": 42}
LIMIT_S = 0.3

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.live
def test_searches_and_errors_are_what_opensearch_answered(servers: Settings) -> None:
    async def scenario() -> None:
        async with create_async_opensearch(servers) as client:
            assert await client.cluster.health()
            bodies = [client.search(index="_all", body={"size": 0, "query": {"match_all": {}}}) for _ in range(200)]
            answers = await asyncio.gather(*bodies)
            assert {answer["timed_out"] for answer in answers} == {False}
            with pytest.raises(opensearchpy.NotFoundError) as missing:
                await client.search(index="t-no-such-index", body={})
            assert missing.value.error == "index_not_found_exception"
            with pytest.raises(opensearchpy.RequestError) as refused:
                await client.search(index="_all", body={"query": {"no_such_query": {}}})
            assert refused.value.status_code == 400
            assert "no_such_query" in str(refused.value)

    asyncio.run(scenario())


def test_sockets_are_kept_and_no_more_than_allowed_at_once() -> None:
    sockets = open_now = most = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sockets, open_now, most
        sockets += 1
        while await read_request(reader):
            open_now += 1
            most = max(most, open_now)
            await asyncio.sleep(0.005)
            open_now -= 1
            writer.write(ANSWER)

    async def scenario() -> None:
        async with peer(serve) as url, client_of(url, maxsize=3) as client:
            assert await asyncio.gather(*(ask(client) for _ in range(30))) == [FOUND] * 30

    asyncio.run(scenario())
    assert (sockets, most) == (3, 3)


def test_an_answer_in_pieces_and_in_chunks_is_put_together() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        chunked = b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{"found"\r\n5\r\n: 42}\r\n0\r\n\r\n'
        for byte in chunked:
            writer.write(bytes([byte]))
            await asyncio.sleep(0)
        await read_request(reader)
        writer.write(ANSWER)

    async def scenario() -> None:
        async with peer(serve) as url, client_of(url) as client:
            assert [await ask(client), await ask(client)] == [FOUND, FOUND]

    asyncio.run(scenario())


def test_what_nobody_asked_for_spoils_no_later_answer() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await read_request(reader):
            writer.write(ANSWER)
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.write(ANSWER[:-5])

    async def scenario() -> None:
        async with peer(serve) as url, client_of(url) as client:
            for _ in range(3):
                assert await ask(client) == FOUND
                await asyncio.sleep(0.04)

    asyncio.run(scenario())


@pytest.mark.parametrize("closes", ["after its answer", "when the next request comes"])
def test_a_search_on_a_socket_that_was_closed_meanwhile_is_sent_again(closes: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(ANSWER)
        await writer.drain()
        if closes == "when the next request comes":
            await reader.read(1)
        writer.close()

    async def scenario() -> None:
        async with peer(serve) as url, client_of(url) as client:
            for _ in range(3):
                assert await ask(client) == FOUND
                await asyncio.sleep(0.02)

    asyncio.run(scenario())


def test_connection_close_is_obeyed() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(ANSWER.replace(b"content-type", b"connection: close\r\ncontent-type"))
        assert not await read_request(reader), "a second request on a socket that was said to close"

    async def scenario() -> None:
        async with peer(serve) as url, client_of(url) as client:
            assert [await ask(client), await ask(client)] == [FOUND, FOUND]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "answer", [ANSWER[:40], ANSWER[:-5], b"SSH-2.0-OpenSSH_9.6\r\n", b""], ids=["head", "body", "no http", "nothing"]
)
def test_an_answer_that_breaks_off_or_is_none_is_a_connection_error_and_not_asked_again(answer: bytes) -> None:
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await read_request(reader)
        requests += 1
        writer.write(answer)
        writer.close()

    async def scenario() -> None:
        async with peer(serve) as url, client_of(url) as client:
            with pytest.raises(opensearchpy.ConnectionError):
                await ask(client)

    asyncio.run(scenario())
    assert requests == 1


def test_a_silent_server_costs_a_bounded_wait_and_its_late_answer_meets_nobody() -> None:
    sockets = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sockets
        sockets += 1
        is_first = sockets == 1
        while await read_request(reader):
            if is_first:
                await asyncio.sleep(2 * LIMIT_S)
            writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n{"a": 1}' if is_first else ANSWER)

    async def scenario() -> None:
        async with peer(serve) as url, client_of(url) as client:
            with pytest.raises(opensearchpy.ConnectionTimeout):
                await ask(client)
            assert await ask(client) == FOUND
            await asyncio.sleep(2 * LIMIT_S)
            assert await ask(client) == FOUND

    asyncio.run(scenario())
    assert sockets == 2


def test_a_cancelled_search_gives_its_slot_back() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if b"hang" in await read_request(reader):
            await reader.read()
        else:
            writer.write(ANSWER)

    async def scenario() -> None:
        async with peer(serve) as url, client_of(url, maxsize=1) as client:
            hanging = asyncio.create_task(client.search(body={"query": {"term": {"id": "hang"}}}))
            await asyncio.sleep(0.05)
            hanging.cancel()
            assert await ask(client) == FOUND

    asyncio.run(scenario())


def test_nobody_there_is_a_connection_error() -> None:
    async def scenario() -> None:
        async with peer(read_all) as url:
            pass
        async with client_of(url) as client:
            with pytest.raises(opensearchpy.ConnectionError):
                await ask(client)

    asyncio.run(scenario())


def test_https_with_the_given_authority_and_a_password() -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await read_request(reader):
            heads.append(head)
            writer.write(ANSWER)

    async def scenario() -> None:
        async with peer(serve, server) as url:
            with authority.cert_pem.tempfile() as ca_file:
                async with client_of(url, ca_certs=ca_file, http_auth=("shop", "secret")) as client:
                    assert await ask(client) == FOUND
            async with client_of(url) as stranger:
                with pytest.raises(opensearchpy.ConnectionError, match="certificate"):
                    await ask(stranger)

    asyncio.run(scenario())
    assert len(heads) == 1
    assert b"authorization: Basic " in heads[0]


async def ask(client: AsyncOpenSearch) -> object:
    return await client.search(index="products", body={"query": {"match_all": {}}})


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Head and body; empty when the client is gone."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return head + await reader.readexactly(length)


async def read_all(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


@asynccontextmanager
async def peer(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Its clients should be gone before it ends: it waits for the end of each conversation."""
    conversations: list[asyncio.Task[None]] = []

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversations.append(asyncio.create_task(converse(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.gather(*conversations)


@asynccontextmanager
async def client_of(url: str, maxsize: int = 8, **options: Any) -> AsyncIterator[AsyncOpenSearch]:
    client = AsyncOpenSearch(
        [url], connection_class=SearchConnection, maxsize=maxsize, timeout=LIMIT_S, max_retries=0, **options
    )
    try:
        yield client
    finally:
        await client.close()
