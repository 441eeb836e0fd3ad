"""Drives the server with Tornado's clients; prints a line for each check."""

import asyncio
import json
import sys

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

PORT = sys.argv[1]
HTTP = f"http://127.0.0.1:{PORT}"
WS = f"ws://127.0.0.1:{PORT}"
client = AsyncHTTPClient()


async def fetches_run_side_by_side():
    answers = await asyncio.gather(*(client.fetch(f"{HTTP}/hello/{i}") for i in range(10)))
    assert [a.body.decode() for a in answers] == [f"hello {i}" for i in range(10)]


async def json_there_and_back():
    sent = {"name": "Ada", "list": [1, 2, 3], "text": "é€𝄞"}
    answer = await client.fetch(f"{HTTP}/json", method="POST", body=json.dumps(sent),
                                headers={"Content-Type": "application/json"})
    assert json.loads(answer.body) == sent


async def an_error_is_a_problem_detail():
    try:
        await client.fetch(f"{HTTP}/absent")
        raise AssertionError("no error")
    except HTTPClientError as error:
        assert error.code == 404, error.code
        assert json.loads(error.response.body)["detail"] == "nothing here"


async def chunks_come_one_by_one():
    chunks = []
    await client.fetch(f"{HTTP}/chunks", streaming_callback=lambda chunk: chunks.append(chunk.decode()))
    assert "".join(chunks) == "onetwothree", chunks
    assert len(chunks) > 1, chunks


async def a_large_upload_expects_a_continue():
    body = b"x" * 1_000_000
    answer = await client.fetch(HTTPRequest(f"{HTTP}/length", method="POST", body=body, expect_100_continue=True,
                                            headers={"Content-Type": "application/octet-stream"}))
    assert answer.body == b"1000000", answer.body


async def who_gives_up_cancels_the_handler():
    try:
        await client.fetch(f"{HTTP}/forever", request_timeout=0.3)
        raise AssertionError("no error")
    except HTTPClientError as error:
        assert error.code == 599, error.code
    for _ in range(400):
        if (await client.fetch(f"{HTTP}/cancelled")).body == b"1":
            return
        await asyncio.sleep(0.05)
    raise AssertionError("not cancelled")


async def texts_and_bytes_are_echoed():
    socket = await websocket_connect(f"{WS}/echo")
    for message in ["hello", "hello é", b"hello \xe9", "", b"\x00" * 70_000]:
        await socket.write_message(message, binary=isinstance(message, bytes))
        assert await socket.read_message() == message
    socket.close(4000, "enough")


async def compressed_messages_are_echoed():
    socket = await websocket_connect(f"{WS}/echo", compression_options={})
    assert "permessage-deflate" in socket.headers.get("Sec-WebSocket-Extensions", ""), socket.headers
    for _ in range(3):
        await socket.write_message("hello " * 5_000)
        assert await socket.read_message() == "hello " * 5_000
    socket.close()


async def a_subprotocol_is_agreed_on():
    socket = await websocket_connect(f"{WS}/echo", subprotocols=["bad", "v1"])
    assert socket.selected_subprotocol == "v1", socket.selected_subprotocol
    socket.close()


async def pings_are_answered():
    pongs = []
    socket = await websocket_connect(f"{WS}/echo", ping_interval=0.05, ping_timeout=5)
    pong = socket.protocol._on_pong if hasattr(socket.protocol, "_on_pong") else None
    socket.on_pong = lambda data: pongs.append(data)
    socket.ping(b"are you there")
    for _ in range(400):
        if pongs:
            break
        await asyncio.sleep(0.05)
    assert pongs, pong
    socket.close()


async def the_handlers_close_code_arrives():
    socket = await websocket_connect(f"{WS}/bye")
    assert await socket.read_message() is None
    assert (socket.close_code, socket.close_reason) == (4001, "bye"), (socket.close_code, socket.close_reason)


async def a_failed_handler_closes_with_1011():
    socket = await websocket_connect(f"{WS}/broken")
    assert await socket.read_message() is None
    assert socket.close_code == 1011, socket.close_code


async def a_refused_handshake_is_an_http_error():
    try:
        await websocket_connect(f"{WS}/refused")
        raise AssertionError("no error")
    except HTTPClientError as error:
        assert error.code == 403, error.code


async def everybody_in_a_room_hears_it():
    sockets = await asyncio.gather(*(websocket_connect(f"{WS}/room") for _ in range(50)))
    for socket in sockets:
        assert await socket.read_message() == "welcome"
    await sockets[0].write_message("news")
    heard = await asyncio.gather(*(socket.read_message() for socket in sockets))
    assert heard == ["news"] * 50, heard
    for socket in sockets:
        socket.close()


async def main():
    for check in [fetches_run_side_by_side, json_there_and_back, an_error_is_a_problem_detail, chunks_come_one_by_one,
                  a_large_upload_expects_a_continue, who_gives_up_cancels_the_handler, texts_and_bytes_are_echoed,
                  compressed_messages_are_echoed, a_subprotocol_is_agreed_on, pings_are_answered,
                  the_handlers_close_code_arrives, a_failed_handler_closes_with_1011,
                  a_refused_handshake_is_an_http_error, everybody_in_a_room_hears_it]:
        try:
            await asyncio.wait_for(check(), 40)
            print("ok", check.__name__, flush=True)
        except BaseException as error:
            print("failed", check.__name__, repr(error), flush=True)


asyncio.run(main())
