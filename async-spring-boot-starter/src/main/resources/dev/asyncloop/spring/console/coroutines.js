/** The coroutines that live, the oldest first; each with its stack, and a button that cancels it. */
import {Endpoint} from './endpoint.js';
import {counted, number, readable, span, word} from './format.js';
import {Rows, element, mark, open, part, setText, showFailure} from './rows.js';

const LEVELS = {RUNNING: 'busy', READY: 'warn', BLOCKING: 'warn', WAITING: 'none', NEW: 'none'};

const KINDS = {
  REQUEST: 'A request',
  WEBSOCKET: 'A WebSocket connection',
  PERIODIC: 'A run of a periodic',
  OTHER: 'Started by the application',
};

/** How long a cancel button waits for the second click. */
const SURE = 4_000;

export const coroutines = new Endpoint('coroutines');

let limit = 50, oldest = null, mayCancel = coroutines.writable;

export const query = () => `?limit=${limit}`;

const rows = new Rows(element('coroutine-rows'), 'coroutine-row', (row, item) => {
  part(row, 'toggle').addEventListener('click', () => setTimeout(() => showStack(row, item())));
  const button = part(row, 'cancel');
  button.addEventListener('click', () => {
    if (button.dataset.sure) {
      cancel(row, item());
    } else {
      button.dataset.sure = 'yes';
      setText(button, 'Click again to cancel it');
      setTimeout(() => calm(button), SURE);
    }
  });
});

function calm(button) {
  delete button.dataset.sure;
  setText(button, 'Cancel it');
}

/** Shows an answer of `/actuator/coroutines`. */
export function showCoroutines({coroutines: roots, live, notShown, beside}) {
  const all = [];
  const walk = (one, depth) => {
    all.push({...one, depth});
    one.children.forEach(child => walk(child, depth + 1));
  };
  roots.forEach(one => walk(one, 0));
  rows.show(all, one => one.id, show);
  setText(element('coroutine-count'), `${counted(live, 'live coroutine')}, the oldest first`);
  element('beside').hidden = !beside;
  element('no-coroutines').hidden = live > 0;
  element('more-coroutines').hidden = notShown === 0 || limit >= 1000;
  setText(element('more-coroutines'), `Show more (${number(notShown)} are not shown)`);
  oldest = roots[0] ?? null;
  const tile = element('tile-oldest');
  tile.dataset.level = 'none';
  setText(part(tile, 'answer'), oldest ? oldest.name : 'None lives');
  setText(part(tile, 'more'), oldest ? `${span(oldest.age)} old, ${does(oldest)}` : '');
}

const does = one => one.waitsFor ? `waits for ${readable(one.waitsFor)}` : word(one.state);

function show(row, one) {
  setText(part(row, 'id'), `#${one.id}`);
  setText(part(row, 'name'), one.name);
  row.dataset.depth = Math.min(one.depth, 6);
  mark(part(row, 'badge'), word(one.state), LEVELS[one.state]);
  setText(part(row, 'waits'), one.waitsFor ? `for ${readable(one.waitsFor)}` : '');
  setText(part(row, 'age'), span(one.age));
  part(row, 'cancel').hidden = !mayCancel;
  if (!part(row, 'detail').hidden) {
    showStack(row, one);
  }
}

async function showStack(row, {id, owner, belongsTo, waitsOutside}) {
  if (part(row, 'detail').hidden || row.dataset.asks) {
    return;
  }
  row.dataset.asks = 'yes';
  const root = belongsTo.id === id ? '' : ` · belongs to #${belongsTo.id} ${belongsTo.name}`;
  setText(part(row, 'about'), `${KINDS[belongsTo.kind] ?? word(belongsTo.kind)}${root} · ends with ${owner}${waitsOutside ? ' · its wait is ended by code outside of the loop' : ''}`);
  try {
    const {coroutine} = await coroutines.read(`/${id}`);
    setText(part(row, 'stack'), coroutine.stack?.join('\n') ?? 'It has not begun.');
  } catch (error) {
    setText(part(row, 'stack'), error.status === 404 ? 'It has ended.' : error.message);
  } finally {
    delete row.dataset.asks;
  }
}

async function cancel(row, {id, name}) {
  try {
    await coroutines.write('DELETE', `/${id}`);
    calm(part(row, 'cancel'));
  } catch (error) {
    mayCancel &&= error.status !== 403;
    showFailure(`${name} was not cancelled: ${error.status === 404 ? 'it has ended' : error.message}`);
  }
}

element('more-coroutines').addEventListener('click', () => {
  limit = Math.min(limit * 4, 1000);
});

/** The answer in one click: what the oldest waits for, and where. */
element('tile-oldest').addEventListener('click', () => {
  if (oldest) {
    open(rows.of(oldest.id));
  }
});
