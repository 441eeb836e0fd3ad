/** What a state is called on the page. */
const WORDS = {UP: 'Up', SLOW: 'Slow', DOWN: 'Down'};

/** The size of the history's drawing area, and the latency that fills its height. */
const WIDTH = 180, HEIGHT = 32, FULL_MILLIS = 3000;

const element = id => document.getElementById(id);

// ---- live updates

/** The rows on the page, by the id of their watch. */
const rows = new Map();

function listen() {
  const events = new EventSource('api/events');
  events.onopen = () => link('live', 'live');
  events.onmessage = event => show(JSON.parse(event.data));
  events.onerror = () => {
    link('lost', 'reconnecting');
    if (events.readyState === EventSource.CLOSED) { // the browser has given up, we have not
      setTimeout(listen, 3000);
    }
  };
}

function link(state, text) {
  element('link').dataset.link = state;
  setText(element('link').querySelector('.text'), text);
}

function show(board) {
  const {watches, up} = board;
  setText(element('summary'), watches.length === 0 ? 'Nothing watched'
      : up === watches.length ? `All ${up} up` : `${up} of ${watches.length} up`);
  setText(element('carrier'), `${board.carrier === 'EVENT_LOOP' ? 'event-loop' : 'JDK'} carrier, ${board.transport}`);
  element('carrier').hidden = false;
  element('empty').hidden = watches.length > 0;

  const ids = new Set(watches.map(watch => watch.id));
  for (const [id, row] of rows) {
    if (!ids.has(id)) {
      row.remove();
      rows.delete(id);
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
      draw(row.querySelector('.history'), watch.history, board.historySize);
    }
  });
}

function addRow(watch) {
  const row = element('watch').content.firstElementChild.cloneNode(true);
  row.dataset.id = watch.id;
  setText(row.querySelector('.name'), watch.name);
  setText(row.querySelector('.url'), watch.url);
  row.querySelector('.url').title = watch.url;
  const remove = row.querySelector('.remove');
  remove.setAttribute('aria-label', `Stop watching ${watch.name}`);
  remove.title = 'Stop watching';
  remove.onclick = () => removeWatch(watch.id);
  rows.set(watch.id, row);
  return row;
}

/** Shows what a fetch found; `null` before the first. */
function showResult(row, result) {
  const state = row.querySelector('.state');
  state.dataset.state = result?.state ?? '';
  setText(state, WORDS[result?.state] ?? '…');
  setText(row.querySelector('.latency'), result ? duration(result.millis) : '');
  setText(row.querySelector('.problem'), result?.problem ?? '');
}

/** Draws the newest result at the right; the height of a bar is its latency on a logarithmic scale. */
function draw(svg, history, size) {
  const step = WIDTH / size;
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

function duration(millis) {
  return millis < 1 ? '< 1 ms' : millis < 1000 ? `${millis} ms` : `${(millis / 1000).toFixed(1)} s`;
}

/** Touches the text only when it differs, so that a screen reader speaks of changes alone. */
function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

// ---- what the user does

element('add').onsubmit = submitting('add-problem', async () => {
  await call('POST', 'api/watches', {url: element('url').value.trim()});
  element('url').value = '';
});

element('check').onsubmit = submitting('check-problem', async () => {
  const urls = element('urls').value.split('\n').map(line => line.trim()).filter(line => line !== '');
  element('answers').replaceChildren();
  const answers = await call('POST', 'api/check', urls);
  element('answers').replaceChildren(...answers.map(({url, result}) => {
    const row = element('answer').content.firstElementChild.cloneNode(true);
    setText(row.querySelector('.url'), url);
    showResult(row, result);
    return row;
  }));
});

async function removeWatch(id) {
  try {
    await call('DELETE', `api/watches/${encodeURIComponent(id)}`);
    element('url').focus();
  } catch (error) {
    setText(element('add-problem'), error.message);
  }
}

/** Makes a form's handler: the button rests meanwhile, and what goes wrong is shown. */
function submitting(problem, action) {
  return async event => {
    event.preventDefault();
    const button = event.target.querySelector('button');
    button.disabled = true;
    setText(element(problem), '');
    try {
      await action();
    } catch (error) {
      setText(element(problem), error.message);
    } finally {
      button.disabled = false;
    }
  };
}

/** Calls the API; a problem detail becomes an error with its text. */
async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, body === undefined ? {method}
        : {method, body: JSON.stringify(body), headers: {'Content-Type': 'application/json'}});
  } catch {
    throw new Error('The application does not answer; try again when it is back');
  }
  if (response.ok) {
    return response.status === 204 ? null : response.json();
  }
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail ?? `The application answered ${response.status}`);
}

listen();
