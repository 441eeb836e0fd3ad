/** What only the meters know: where the time of fetches goes, and how many WebSockets and event streams are open. */
import {Endpoint} from './endpoint.js';
import {fact} from './loop.js';
import {counted, duration, number} from './format.js';
import {Rows, element, part, setText, showShare} from './rows.js';

const PHASE = 'ioloop.http.client.phase', SOCKETS = 'ioloop.websocket.connections', STREAMS = 'ioloop.sse.connections';

const ORDER = ['queue', 'resolve', 'connect', 'tls', 'first_byte', 'body'];

export const meters = new Endpoint('metrics');

const rows = new Rows(element('phase-rows'), 'phase-row');

/** Shows what an answer of `/actuator/metrics` names. */
export async function showMeters({names}) {
  const open = async name => names.includes(name) ? value(await meters.read(`/${name}`), 'VALUE') : 0;
  const [sockets, streams] = await Promise.all([open(SOCKETS), open(STREAMS)]);
  fact('sockets', sockets > 0 ? counted(sockets, 'WebSocket') : null);
  fact('streams', streams > 0 ? counted(streams, 'event stream') : null);
  if (names.includes(PHASE)) {
    showPhases(await phases());
  }
}

async function phases() {
  const {availableTags} = await meters.read(`/${PHASE}`);
  const found = availableTags.find(tag => tag.tag === 'phase')?.values ?? [];
  return Promise.all(found.toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)).map(async name => {
    const answer = await meters.read(`/${PHASE}?tag=phase:${encodeURIComponent(name)}`);
    const count = value(answer, 'COUNT');
    return {name, count, mean: count > 0 ? value(answer, 'TOTAL_TIME') / count : 0};
  }));
}

function showPhases(all) {
  const longest = Math.max(...all.map(phase => phase.mean));
  element('phases-title').hidden = all.length === 0;
  rows.show(all, phase => phase.name, (row, {name, count, mean}) => {
    setText(part(row, 'name'), name.replaceAll(/[-_]/g, ' '));
    showShare(part(row, 'share'), longest > 0 ? mean / longest : 0, `${name}: its mean, of the longest`);
    setText(part(row, 'mean'), count > 0 ? duration(mean) : '–');
    setText(part(row, 'count'), `${number(count)} times`);
  });
}

const value = ({measurements}, statistic) => measurements.find(one => one.statistic === statistic)?.value ?? 0;
