"""Tornado's WebSockets, for InteroperabilityTest. Prints its port; ends when its input does."""

import asyncio
import sys

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler


class Echo(WebSocketHandler):
    def select_subprotocol(self, subprotocols):
        return "goodproto" if "goodproto" in subprotocols else None

    def get_compression_options(self):
        return {}

    async def on_message(self, message):
        await self.write_message(message, binary=isinstance(message, bytes))


class Close(WebSocketHandler):
    def open(self):
        self.close(4002, "go away")


class Fail(WebSocketHandler):
    def on_message(self, message):
        raise RuntimeError("as the test wants it")


async def main():
    server = HTTPServer(Application([("/echo", Echo), ("/close", Close), ("/fail", Fail)]))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    print(sockets[0].getsockname()[1])
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
