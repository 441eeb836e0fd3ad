import {copyOf, element, setText} from './page.js';
import {keepConnected} from './live.js';

/** Most lines on the page. */
const MOST = 300;

/** Where this window keeps the guest's name until it is closed. */
const NAME = 'chat-name';

const lines = element('lines').firstElementChild, text = element('text');

/** The keys of what was said and is on the page: after a lost connection the history comes once more. */
const shown = new Set();

let here = new Set(), me = '', connection = null;

// ---- coming and going

function join(name) {
  setText(element('join-problem'), '');
  connection = keepConnected(`api/chat?name=${encodeURIComponent(name)}`, {
    state: showState,
    message: news => news.here ? welcome(news) : tell(news),
    refused: reason => {
      leave();
      setText(element('join-problem'), reason);
      element('name').setAttribute('aria-invalid', 'true');
    },
  });
}

function leave() {
  connection?.end();
  connection = null;
  sessionStorage.removeItem(NAME);
  here = new Set();
  showGuests();
  showState('left');
  element('name').focus();
}

function welcome({name, here: guests, history}) {
  me = name;
  here = new Set(guests);
  sessionStorage.setItem(NAME, name);
  element('name').removeAttribute('aria-invalid');
  showGuests();
  element('lines').setAttribute('aria-live', 'off'); // nobody wants all of it read out
  history.filter(line => !shown.has(keyOf(line))).forEach(addLine);
  setTimeout(() => element('lines').removeAttribute('aria-live'), 500);
}

function showState(state) {
  const joining = element('say').hidden && state === 'live';
  element('chat').dataset.link = state;
  setText(element('chat-link'), {live: '', lost: 'reconnecting', left: ''}[state]);
  element('join').hidden = state !== 'left';
  element('say').hidden = state === 'left';
  element('leave').hidden = state === 'left';
  element('send').disabled = state !== 'live';
  if (joining) {
    text.focus({preventScroll: true});
  }
}

// ---- what is going on

function tell(line) {
  if (line.kind === 'JOINED') {
    here.add(line.name);
  } else if (line.kind === 'LEFT') {
    here.delete(line.name);
  }
  showGuests();
  addLine(line);
}

function showGuests() {
  element('here').replaceChildren(...[...here].map(name => {
    const guest = copyOf('guest');
    dress(guest.querySelector('.face'), name);
    setText(guest.querySelector('.name'), name === me ? `${name} (you)` : name);
    return guest;
  }));
  setText(element('chat-count'), here.size === 0 ? 'Chat' : `Chat · ${here.size} here`);
}

const keyOf = ({id, at}) => `${id} ${at}`;

function addLine(line) {
  const row = copyOf(line.kind === 'SAID' ? 'said' : 'happened');
  row.dataset.name = line.name;
  if (line.kind === 'SAID') {
    shown.add(keyOf(line));
    row.classList.toggle('mine', line.name === me);
    row.classList.toggle('more', lines.lastElementChild?.matches('.said') && lines.lastElementChild.dataset.name === line.name);
    dress(row.querySelector('.face'), line.name);
    setText(row.querySelector('.name'), line.name);
    setText(row.querySelector('.text'), line.text);
  } else {
    setText(row.querySelector('.text'), `${line.name} ${line.kind === 'JOINED' ? 'joined' : 'left'}`);
  }
  const at = row.querySelector('time'), when = new Date(line.at);
  at.dateTime = when.toISOString();
  setText(at, when.toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit'}));
  lines.append(row);
  if (lines.childElementCount > MOST) {
    lines.firstElementChild.remove();
  }
}

/** Gives a guest's round face its letter and its colour. */
function dress(face, name) {
  setText(face, [...name][0].toUpperCase());
  face.style.setProperty('--hue', [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7));
}

// ---- what the guest does

element('join').onsubmit = event => {
  event.preventDefault();
  join(element('name').value);
};

element('leave').onclick = leave;

element('say').onsubmit = event => {
  event.preventDefault();
  const said = text.value.trim();
  if (said !== '' && connection?.isLive()) {
    connection.send(said);
    text.value = '';
    fit();
  }
  text.focus();
};

/** Enter sends, unless it ends a word of an input method; Shift+Enter begins a line. */
text.onkeydown = event => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    element('say').requestSubmit();
  }
};

/** The field is as high as its text, up to the limit in the style sheet. */
function fit() {
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight + 2}px`;
}

text.oninput = fit;

const known = sessionStorage.getItem(NAME);
if (known) {
  join(known);
}
