import {call, copyOf, element, setText, showResult, submitting} from './page.js';
import {keepConnected} from './live.js';
import {LatencyChart} from './chart.js';
import './chat.js';
import './check.js';

/** The size of a history's drawing area, and the latency that fills its height. */
const WIDTH = 180, HEIGHT = 32, FULL_MILLIS = 3000;

/** So many charts are open from the start, where there is room for them. */
const OPEN = matchMedia('(min-width: 46rem)').matches ? 3 : 1;

/** The rows on the page, and the charts that are open, by the id of their watch. */
const rows = new Map(), charts = new Map();

// ---- live updates

keepConnected('api/live', {
  message: show,
  state: state => {
    element('link').dataset.link = state;
    setText(element('link').querySelector('.text'), state === 'live' ? 'live' : 'reconnecting');
  },
});

let board;

function show(newest) {
  board = newest;
  const {watches, up} = board;
  setText(element('summary'), watches.length === 0 ? 'Nothing watched'
      : up === watches.length ? `All ${up} up` : `${up} of ${watches.length} up`);
  setText(element('carrier'), `${board.carrier === 'EVENT_LOOP' ? 'event-loop' : 'JDK'} carrier, ${board.transport}`);
  element('carrier').hidden = false;
  element('empty').hidden = watches.length > 0;

  const ids = new Set(watches.map(watch => watch.id));
  for (const id of rows.keys()) {
    if (!ids.has(id)) {
      removeRow(id);
    }
  }
  watches.forEach((watch, index) => {
    const row = rows.get(watch.id) ?? addRow(watch);
    if (element('watches').children[index] !== row) {
      element('watches').insertBefore(row, element('watches').children[index] ?? null);
    }
    if (row.dataset.probes !== String(watch.probes)) {
      row.dataset.probes = watch.probes;
      showResult(row, watch.last);
      draw(row.querySelector('.history'), watch.history);
      charts.get(watch.id)?.show(watch.history, board.slowAfter);
    }
  });
  watches.slice(0, OPEN).filter(watch => rows.get(watch.id).dataset.chart === undefined).forEach(toggleChart);
}

function addRow(watch) {
  const row = copyOf('watch');
  row.dataset.id = watch.id;
  setText(row.querySelector('.name'), watch.name);
  setText(row.querySelector('.url'), watch.url);
  row.querySelector('.url').title = watch.url;
  const toggle = row.querySelector('.toggle'), chart = row.querySelector('.chart');
  chart.id = `chart-${watch.id}`;
  toggle.setAttribute('aria-controls', chart.id);
  toggle.onclick = () => toggleChart(watch);
  const remove = row.querySelector('.remove');
  remove.setAttribute('aria-label', `Stop watching ${watch.name}`);
  remove.title = 'Stop watching';
  remove.onclick = () => removeWatch(watch.id);
  rows.set(watch.id, row);
  return row;
}

function removeRow(id) {
  charts.get(id)?.close();
  charts.delete(id);
  rows.get(id).remove();
  rows.delete(id);
}

function toggleChart({id, name}) {
  const row = rows.get(id), chart = row.querySelector('.chart');
  const opens = !charts.has(id);
  row.dataset.chart = opens ? 'open' : 'closed';
  chart.hidden = !opens;
  row.querySelector('.toggle').setAttribute('aria-expanded', opens);
  if (opens) {
    charts.set(id, new LatencyChart(chart.querySelector('.plot'), chart.querySelector('.readout'), name));
    charts.get(id).show(board.watches.find(watch => watch.id === id).history, board.slowAfter);
  } else {
    charts.get(id).close();
    charts.delete(id);
  }
}

/** Draws the newest result at the right; the height of a bar is its latency on a logarithmic scale. */
function draw(svg, history) {
  const step = WIDTH / board.historySize;
  const paths = {UP: '', SLOW: '', DOWN: ''};
  const count = {UP: 0, SLOW: 0, DOWN: 0};
  history.forEach(({state, millis}, index) => {
    const share = Math.min(1, Math.log1p(millis) / Math.log1p(FULL_MILLIS));
    const height = state === 'DOWN' ? HEIGHT : Math.max(2, share * HEIGHT);
    const x = WIDTH - (history.length - index) * step;
    paths[state] += `M${x.toFixed(2)} ${HEIGHT}v${-height.toFixed(2)}h${(step * .7).toFixed(2)}V${HEIGHT}z`;
    count[state]++;
  });
  for (const path of svg.querySelectorAll('path')) {
    path.setAttribute('d', paths[path.dataset.state]);
  }
  svg.setAttribute('aria-label',
      `Last ${history.length} checks: ${count.UP} up, ${count.SLOW} slow, ${count.DOWN} down`);
}

// ---- what the user does

element('add').onsubmit = submitting('add-problem', async () => {
  await call('POST', 'api/watches', {
    body: JSON.stringify({url: element('url').value.trim()}),
    headers: {'Content-Type': 'application/json'},
  });
  element('url').value = '';
});

async function removeWatch(id) {
  try {
    await call('DELETE', `api/watches/${encodeURIComponent(id)}`);
    element('url').focus();
  } catch (error) {
    setText(element('add-problem'), error.message);
  }
}
