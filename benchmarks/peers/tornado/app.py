"""The work that is measured, on Tornado."""
import asyncio
import json
import os

import tornado
from tornado.httpclient import AsyncHTTPClient
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

HELLO = {"message": "Hello, world", "number": 42}
UPSTREAM = os.environ["UPSTREAM"]


class JsonHandler(RequestHandler):
    def answer(self, value):
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(value, separators=(",", ":")))


class Hello(JsonHandler):
    async def get(self):
        self.answer(HELLO)


class Fetch(JsonHandler):
    async def get(self):
        response = await AsyncHTTPClient().fetch(UPSTREAM)
        self.answer(json.loads(response.body))


class Ten(JsonHandler):
    async def get(self):
        client = AsyncHTTPClient()
        responses = await asyncio.gather(*(client.fetch(UPSTREAM) for _ in range(10)))
        self.answer([json.loads(response.body) for response in responses])


class Sleep(JsonHandler):
    async def get(self):
        await asyncio.sleep(0.05)
        self.answer(HELLO)


class Echo(WebSocketHandler):
    async def on_message(self, message):
        await self.write_message(message)


class Room(WebSocketHandler):
    members = set()

    def open(self):
        self.members.add(self)

    def on_close(self):
        self.members.discard(self)

    def on_message(self, message):
        for member in self.members:
            member.write_message(message)


async def main():
    # The default of 10 is less than the load asks for at once; see the peers' README.
    AsyncHTTPClient.configure(None, max_clients=100)
    paths = {"/hello": Hello, "/fetch": Fetch, "/ten": Ten, "/sleep": Sleep, "/echo": Echo, "/room": Room}
    Application(list(paths.items())).listen(int(os.environ["PORT"]), "127.0.0.1")
    print("Tornado", tornado.version, flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
