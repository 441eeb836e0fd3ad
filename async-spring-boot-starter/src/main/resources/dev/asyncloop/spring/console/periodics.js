/** The periodic callbacks, how they stand, and the buttons that steer them. */
import {Endpoint} from './endpoint.js';
import {clock, counted, distance, number, readable, span, word} from './format.js';
import {Rows, copyOf, element, mark, open, part, setText, showFailure} from './rows.js';

const STATES = {SCHEDULED: 'good', RUNNING: 'busy', PAUSED: 'warn', STOPPED: 'none', DISABLED: 'none'};

const OUTCOMES = {RETURNED: 'good', FAILED: 'bad', TIMED_OUT: 'bad', CANCELLED: 'warn', SKIPPED: 'none'};

export const periodics = new Endpoint('periodic');

let maySteer = periodics.writable, failed = [];

const rows = new Rows(element('periodic-rows'), 'periodic-row', (row, item) => {
  for (const action of ['trigger', 'pause', 'resume']) {
    part(row, action).addEventListener('click', () => steer(row, item().name, action));
  }
});

/** Shows an answer of `/actuator/periodic`. */
export function showPeriodics({tasks}) {
  rows.show(tasks, task => task.name, show);
  setText(element('periodic-count'), tasks.length === 0 ? '' : counted(tasks.length, 'task'));
  element('no-periodics').hidden = tasks.length > 0;
  failed = tasks.filter(({last}) => OUTCOMES[last?.outcome] === 'bad');
  const tile = element('tile-periodics'), once = tasks.filter(task => task.lastError);
  tile.dataset.level = failed.length > 0 ? 'bad' : 'good';
  setText(part(tile, 'answer'), failed.length > 1 ? `${failed.length} of ${tasks.length} failed`
      : failed.length > 0 ? `${failed[0].name} failed` : tasks.length === 0 ? 'There is none' : 'All fine');
  setText(part(tile, 'more'), failed.length > 0 ? why(failed[0].last)
      : once.length > 0 ? `${once[0].name} has failed before` : `${counted(tasks.length, 'task')}`);
}

const why = ({outcome, error}) => error ?? word(outcome);

function show(row, task) {
  const {last, lastError} = task, now = Date.now();
  mark(part(row, 'state'), word(task.state), STATES[task.state]);
  setText(part(row, 'name'), task.name);
  setText(part(row, 'schedule'), readable(task.schedule));
  mark(part(row, 'outcome'), last ? word(last.outcome) : 'no call has ended', last ? OUTCOMES[last.outcome] : 'none');
  setText(part(row, 'when'), last ? `${distance(last.start, now)}, took ${span(last.duration)}` : '');
  setText(part(row, 'error'), last?.error ?? '');
  setText(part(row, 'next'), task.runningSince ? `began ${distance(task.runningSince, now)}` : task.next ? `${new Date(task.next) < now ? 'due' : 'next'} ${distance(task.next, now)}` : '');
  setText(part(row, 'about'), `${task.target} · ${counted(task.runs, 'call')}, ${number(task.failures)} failed, ${number(task.skipped)} skipped`);
  setText(part(row, 'last-error'), lastError ? `Last failure at ${clock(lastError.start)}: ${why(lastError)}` : '');
  const steerable = maySteer && task.state !== 'DISABLED';
  part(row, 'trigger').hidden = !steerable;
  part(row, 'pause').hidden = !steerable || task.paused;
  part(row, 'resume').hidden = !steerable || !task.paused;
  part(row, 'history').replaceChildren(...task.history.map(run => {
    const line = copyOf('run-row');
    setText(part(line, 'at'), clock(run.start));
    mark(part(line, 'outcome'), word(run.outcome) + (run.triggered ? ', by hand' : ''), OUTCOMES[run.outcome]);
    setText(part(line, 'took'), span(run.duration));
    setText(part(line, 'error'), run.error ?? '');
    return line;
  }));
}

async function steer(row, name, action) {
  try {
    show(row, await periodics.write('POST', `/${encodeURIComponent(name)}`, {action}));
    showFailure('');
  } catch (error) {
    maySteer &&= error.status !== 403;
    showFailure(`${action} ${name}: ${error.message}`);
  }
}

/** The answer in one click: which failed and why. */
element('tile-periodics').addEventListener('click', () => failed.forEach(task => open(rows.of(task.name))));
