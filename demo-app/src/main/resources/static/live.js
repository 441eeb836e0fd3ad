/** The first delay before it connects again, and the longest, in milliseconds. */
const FIRST = 500, LONGEST = 20_000;

/** With this code the application closes what would be in vain again. */
const INVALID = 4400;

/**
 * Keeps a WebSocket open. Each time it is lost the next attempt is twice as far away, and nobody's exactly at the same time
 * as everybody else's. `on.message` gets what comes, `on.state` 'live' or 'lost', `on.refused` the reason of a last close.
 */
export function keepConnected(path, on) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol.replace('http', 'ws');
  let socket, timer, attempts = 0, ended = false;

  function connect() {
    clearTimeout(timer);
    socket = new WebSocket(url);
    socket.onopen = () => on.state('live');
    socket.onmessage = event => {
      attempts = 0;
      on.message(JSON.parse(event.data));
    };
    socket.onclose = event => {
      if (event.code === INVALID) {
        end();
        on.refused(event.reason);
      } else if (!ended) {
        on.state('lost');
        const delay = Math.min(LONGEST, FIRST * 2 ** attempts++);
        timer = setTimeout(connect, delay * (1 + Math.random()) / 2);
      }
    };
  }

  /** The network is back, or the page: no need to wait. */
  function connectNow() {
    if (socket.readyState === WebSocket.CLOSED) {
      connect();
    }
  }

  function end() {
    ended = true;
    clearTimeout(timer);
    listening.abort();
    socket.close();
  }

  const listening = new AbortController(), {signal} = listening;
  addEventListener('online', connectNow, {signal});
  // A page that one can come back to is kept by the browser, and its socket would be, too.
  addEventListener('pagehide', () => socket.close(), {signal});
  addEventListener('pageshow', connectNow, {signal});
  connect();
  return {
    isLive: () => socket.readyState === WebSocket.OPEN,
    send: text => socket.send(text),
    end,
  };
}
