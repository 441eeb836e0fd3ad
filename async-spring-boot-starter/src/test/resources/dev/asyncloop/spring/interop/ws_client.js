// Drives the server with the `ws` package; prints a line for each check.

const WebSocket = require('ws');
const assert = require('node:assert');

const URL = `ws://127.0.0.1:${process.argv[2]}`;

function open(path, protocols = [], options = {}) {
  const socket = new WebSocket(URL + path, protocols, options);
  socket.queue = [];
  socket.readers = [];
  socket.on('message', (data, binary) => {
    const message = binary ? data : data.toString();
    socket.readers.length > 0 ? socket.readers.shift()(message) : socket.queue.push(message);
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      resolve({status: response.statusCode});
    });
  });
}

function read(socket) {
  return socket.queue.length > 0 ? Promise.resolve(socket.queue.shift())
      : new Promise(resolve => socket.readers.push(resolve));
}

const closed = socket => new Promise(resolve => socket.once('close', (code, reason) => resolve([code, reason.toString()])));

const checks = {
  async texts_and_bytes_are_echoed() {
    const socket = await open('/echo');
    for (const message of ['hello', 'hello é', Buffer.from('hello \xe9', 'latin1'), '', Buffer.alloc(70_000)]) {
      socket.send(message);
      assert.deepStrictEqual(await read(socket), message);
    }
    socket.close();
  },

  async fragments_are_put_together() {
    const socket = await open('/echo', [], {perMessageDeflate: false});
    socket.send('one ', {fin: false});
    socket.ping('in between');
    socket.send('two ', {fin: false});
    socket.send('three', {fin: true});
    assert.strictEqual(await read(socket), 'one two three');
    socket.close();
  },

  async compressed_messages_are_echoed() {
    const socket = await open('/echo', [], {perMessageDeflate: {threshold: 0}});
    assert.strictEqual(socket.extensions, 'permessage-deflate');
    for (let i = 0; i < 3; i++) {
      socket.send('hello '.repeat(5_000));
      assert.strictEqual(await read(socket), 'hello '.repeat(5_000));
    }
    socket.close();
  },

  async compressed_messages_without_context_are_echoed() {
    const socket = await open('/echo', [], {
      perMessageDeflate: {threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true},
    });
    for (let i = 0; i < 3; i++) {
      socket.send('hello '.repeat(500));
      assert.strictEqual(await read(socket), 'hello '.repeat(500));
    }
    socket.close();
  },

  async a_subprotocol_is_agreed_on() {
    const socket = await open('/echo', ['v1', 'v0']);
    assert.strictEqual(socket.protocol, 'v1');
    socket.close();
  },

  async pings_are_answered() {
    const socket = await open('/echo');
    const pong = new Promise(resolve => socket.once('pong', resolve));
    socket.ping('are you there');
    assert.strictEqual((await pong).toString(), 'are you there');
    socket.close();
  },

  async the_handlers_close_code_arrives() {
    const socket = await open('/bye');
    assert.deepStrictEqual(await closed(socket), [4001, 'bye']);
  },

  async the_clients_close_code_is_answered() {
    const socket = await open('/echo');
    const end = closed(socket);
    socket.close(4002, 'done');
    assert.strictEqual((await end)[0], 4002);
  },

  async too_large_a_message_closes_with_1009() {
    const socket = await open('/echo', [], {perMessageDeflate: false});
    const end = closed(socket);
    socket.send(Buffer.alloc(2_000_000));
    assert.strictEqual((await end)[0], 1009);
  },

  async a_compressed_bomb_closes_with_1009() {
    const socket = await open('/echo', [], {perMessageDeflate: {threshold: 0}});
    const end = closed(socket);
    socket.send(Buffer.alloc(50_000_000));
    assert.strictEqual((await end)[0], 1009);
  },

  async a_page_of_another_origin_is_refused() {
    assert.strictEqual((await open('/echo', [], {origin: 'https://evil.example'})).status, 403);
    const socket = await open('/echo', [], {origin: URL.replace('ws', 'http')});
    assert.strictEqual(socket.readyState, WebSocket.OPEN);
    socket.close();
  },

  async everybody_in_a_room_hears_it() {
    const sockets = await Promise.all(Array.from({length: 50}, () => open('/room')));
    for (const socket of sockets) {
      assert.strictEqual(await read(socket), 'welcome');
    }
    sockets[0].send('news');
    for (const socket of sockets) {
      assert.strictEqual(await read(socket), 'news');
      socket.close();
    }
  },
};

(async () => {
  for (const [name, check] of Object.entries(checks)) {
    let timer;
    try {
      await Promise.race([
        check(),
        new Promise((resolve, reject) => timer = setTimeout(() => reject(new Error('no answer')), 40_000)),
      ]);
      console.log('ok', name);
    } catch (error) {
      console.log('failed', name, String(error).replaceAll('\n', ' '));
    }
    clearTimeout(timer);
  }
  process.exit(0);
})();
