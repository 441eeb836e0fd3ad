/** Asks the endpoints, hands their answers to the parts of the page, and says since when there are none. */
import {coroutines, query, showCoroutines} from './coroutines.js';
import {Endpoint} from './endpoint.js';
import {clock, duration} from './format.js';
import {showLoop} from './loop.js';
import {meters, showMeters} from './meters.js';
import {periodics, showPeriodics} from './periodics.js';
import {element, part, setText} from './rows.js';

/** How old the last answer may be before the page says so. */
const LATE = 2_500;

const loop = new Endpoint('ioloop');

let heard = null, unheard = false;

/** Begins to ask an endpoint; a section says why there is nothing to be seen. */
function ask(endpoint, id, section, query, show) {
  const problem = part(element(section), 'problem');
  const say = text => {
    problem.hidden = text === '';
    setText(problem, text);
  };
  if (!endpoint.exposed) {
    say(`There is no endpoint '${id}': management.endpoints.web.exposure or management.endpoint.${id}.access leaves it out`);
    return false;
  }
  endpoint.poll(query, answer => {
    hear();
    say('');
    show(answer);
  }, error => {
    if (error.status === 0) {
      unheard = true;
      showLink();
    } else {
      hear();
      say('status' in error ? error.message : `This page does not understand the answer: ${error.message}`);
    }
  });
  return true;
}

function hear() {
  heard = Date.now();
  unheard = false;
  showLink();
}

/** Without an answer the page keeps what it was told last, paler, and says how old that is. */
function showLink() {
  const since = Date.now() - (heard ?? 0), lost = heard !== null && (unheard || since > LATE);
  const link = element('link');
  link.dataset.link = heard === null ? 'connecting' : lost ? 'lost' : 'live';
  document.body.dataset.link = link.dataset.link;
  setText(part(link, 'text'), heard === null ? (unheard ? 'no answer yet' : 'connecting') : lost ? `no answer since ${clock(heard)}` : 'live');
  link.title = lost ? `for ${duration(Math.round(since / 1000))}` : '';
}

const asked = [
  ask(loop, 'ioloop', 'holder', () => '', showLoop),
  ask(coroutines, 'coroutines', 'coroutines', query, showCoroutines),
  ask(periodics, 'periodic', 'periodics', () => '', showPeriodics),
];
if (!loop.exposed) {
  setText(element('state'), 'Unknown');
  element('tile-holder').hidden = element('tile-client').hidden = true;
}
element('tile-oldest').hidden = !coroutines.exposed;
element('tile-periodics').hidden = !periodics.exposed;
if (!asked.includes(true)) {
  setText(part(element('link'), 'text'), 'nothing to ask');
}
if (meters.exposed) {
  meters.poll(() => '', answer => showMeters(answer).catch(() => {}), () => {}, 5_000);
}
setInterval(showLink, 500);
document.addEventListener('visibilitychange', () => {
  if (heard !== null && !document.hidden) {
    heard = Date.now(); // nobody has asked meanwhile
  }
});
