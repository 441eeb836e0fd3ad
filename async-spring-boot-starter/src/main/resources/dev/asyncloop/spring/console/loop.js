/** What holds the loop, what has held it, its lines and its charts. */
import {Chart} from './chart.js';
import {clock, counted, duration, number, percent, seconds, span, word} from './format.js';
import {Rows, element, mark, opening, part, setText, showShare} from './rows.js';

const HELD = {TURN: 'has kept the turn', CARRIER: 'has held the carrier', EVENT_LOOP: 'has held the event loop'};

const THING = {TURN: 'the turn', CARRIER: 'the carrier', EVENT_LOOP: 'the event loop'};

/** From 0.01 ms to 10 s and more, each power of ten as high as the next. */
const lagScale = value => Math.min(1, Math.max(0, (Math.log10(Math.max(value, 1e-9)) + 5) / 6));

const lag = new Chart(element('lag-chart'), {
  names: ['p99', 'now'],
  scale: lagScale,
  ticks: [[1e-4, '0.1 ms'], [1e-3, '1 ms'], [1e-2, '10 ms'], [0.1, '100 ms'], [1, '1 s']],
  words: ([p99, now]) => `now ${duration(now)} · 99 of 100 within ${duration(p99)}`,
});

const busy = new Chart(element('busy-chart'), {
  names: ['busy'],
  scale: share => share,
  ticks: [[0.5, '50 %'], [1, '100 %']],
  words: ([share]) => percent(share),
});

const slow = new Rows(element('slow'), 'slow-row'), lines = new Rows(element('line-rows'), 'line-row');

const clients = new Rows(element('client-rows'), 'line-row');

opening(part(element('held'), 'toggle'), part(element('held'), 'stack'));

/** How many of what has held the loop are shown until somebody wants all. */
const FEW = 4;

let before = null, all = false;

/** Shows an answer of `/actuator/ioloop`. */
export function showLoop(loop) {
  const now = Date.now(), {blocked} = loop;
  setText(element('name'), loop.name);
  headline(loop);
  fact('carrier', `${loop.carrier === 'EVENT_LOOP' ? 'event-loop' : 'JDK'} carrier, ${loop.transport}`);
  if (before && now > before.at) {
    fact('turns', `${number(Math.round(Math.max(0, loop.turns - before.turns) * 1000 / (now - before.at)))} turns/s`);
  }
  before = {at: now, turns: loop.turns};
  const held = loop.state === 'BLOCKED' || loop.state === 'STALLED';
  lag.add(now, [seconds(loop.lag.p99), late(loop)], held);
  busy.add(now, [loop.busyShare], held);
  showHeld(loop);
  showSlow(loop.slowCallbacks, blocked);
  showLines(loop.lines);
  const tile = element('tile-holder');
  tile.dataset.level = held ? 'bad' : 'good';
  setText(part(tile, 'answer'), blocked ? blocked.by : held ? 'Nobody, but it stands' : 'Nobody');
  setText(part(tile, 'more'), blocked ? `${THING[blocked.held]}, for ${span(blocked.heldFor)}`
      : held ? `no turn for ${span(loop.stalledFor)}` : `lag ${duration(late(loop))}, ${percent(loop.busyShare)} busy`);
}

/** How late somebody is who comes now: while the loop is held, as late as it has been held. */
const late = ({lag: {now}, blocked, stalledFor}) => Math.max(seconds(now), seconds(blocked?.heldFor), seconds(stalledFor));

function headline({state, blocked}) {
  document.body.dataset.state = state;
  setText(element('state'), blocked ? `Blocked by ${blocked.by}`
      : {RUNNING: 'Running', BLOCKED: 'Blocked', STALLED: 'Stalled', CLOSING: 'Ending', CLOSED: 'Ended'}[state] ?? word(state));
}

export function fact(id, text) {
  element(id).hidden = text === null;
  setText(element(id), text ?? '');
}

function showHeld({blocked, state, stalledFor}) {
  const held = element('held');
  held.hidden = !blocked;
  element('nobody').hidden = Boolean(blocked);
  setText(element('nobody'), state === 'STALLED'
      ? `Nobody has had a turn for ${span(stalledFor)} although somebody is ready; nothing is seen that holds it.`
      : 'Nobody holds it longer than allowed.');
  if (blocked) {
    setText(part(held, 'by'), `${blocked.by} ${HELD[blocked.held]} for ${span(blocked.heldFor)}`);
    setText(part(held, 'about'), about(blocked));
    setText(part(held, 'way-out'), blocked.wayOut);
    setText(part(held, 'stack'), blocked.stack.join('\n'));
  }
}

element('more-slow').addEventListener('click', () => {
  all = true; // from the next answer on
});

const about = ({what, waiting}) => `It ${what}. ${waiting === 0 ? 'Nobody waits for it.' : `${counted(waiting, 'coroutine')} ready and waiting.`}`;

/** What is over, as what is not stands above. */
function showSlow({count, last}, blocked) {
  const over = last.filter(one => one.over || !blocked);
  setText(element('slow-count'), count === 0 ? '' : `${number(count)} slow so far`);
  element('slow-title').hidden = over.length === 0;
  element('more-slow').hidden = all || over.length <= FEW;
  setText(element('more-slow'), `Show all ${over.length}`);
  slow.show(all ? over : over.slice(0, FEW), one => `${one.begun} ${one.by}`, (row, one) => {
    setText(part(row, 'at'), clock(one.begun));
    setText(part(row, 'name'), one.by);
    mark(part(row, 'badge'), THING[one.held], 'none');
    setText(part(row, 'held-for'), span(one.heldFor));
    setText(part(row, 'about'), about(one));
    setText(part(row, 'way-out'), one.wayOut);
    setText(part(row, 'stack'), one.stack.join('\n'));
  });
}

/** How the names of the client's lines begin; those of its origins follow, if somebody waits for one. */
const CLIENT = 'http-client';

function showLines(all) {
  const ofClient = all.filter(line => line.name.startsWith(CLIENT));
  lines.show(all.filter(line => !ofClient.includes(line)), line => line.name, showLine);
  clients.show(ofClient, line => line.name, showLine);
  element('no-client').hidden = ofClient.length > 0;
  const whole = ofClient.filter(line => !line.name.includes('://'));
  const sum = name => whole.reduce((all, line) => all + (line[name] ?? 0), 0);
  const waiting = sum('waiting'), active = sum('active'), most = sum('maxActive');
  const tile = element('tile-client');
  tile.dataset.level = waiting > 0 ? 'warn' : 'good';
  setText(part(tile, 'answer'), ofClient.length === 0 ? 'There is none' : waiting === 0 ? 'No' : `Yes, ${number(waiting)} waiting`);
  setText(part(tile, 'more'), ofClient.length === 0 ? '' : `${number(active)} of ${number(most)} slots in use`);
}

function showLine(row, {name, active, maxActive, waiting, maxWaiting, refused}) {
  setText(part(row, 'name'), name);
  const share = part(row, 'share');
  share.hidden = maxActive === undefined;
  showShare(share, maxActive ? (active ?? 0) / maxActive : 0, `${name}: in use`);
  setText(part(row, 'active'), active === undefined ? '' : `${number(active)}${maxActive === undefined ? '' : ` of ${number(maxActive)}`}`);
  setText(part(row, 'waiting'), `${number(waiting)} waiting${refused ? `, ${number(refused)} refused` : ''}`);
  part(row, 'waiting').dataset.level = refused ? 'bad' : waiting > 0 ? 'warn' : 'none';
  part(row, 'waiting').title = maxWaiting === undefined ? '' : `at most ${number(maxWaiting)} may wait`;
}
