import {call, copyOf, element, setText, showResult, submitting} from './page.js';

let stopping = null;

/** Sends the list, a file as a form does, and shows each answer when it comes. */
element('check').onsubmit = submitting('check-problem', async () => {
  const file = element('file').files[0];
  stopping = new AbortController();
  element('stop').hidden = false;
  element('answers').replaceChildren();
  setText(element('checked'), 'Checking …');
  try {
    await readAnswers(await call('POST', 'api/check', {body: file ? form(file) : element('urls').value, signal: stopping.signal}));
    element('file').value = '';
  } catch (error) {
    if (error.name !== 'AbortError') {
      throw error;
    }
  } finally {
    element('stop').hidden = true;
    count();
  }
});

/** The application notices, and stops its checks, too. */
element('stop').onclick = () => {
  stopping.abort();
  element('urls').focus();
};

function form(file) {
  const data = new FormData();
  data.append('file', file);
  return data;
}

/** Reads lines of JSON as they come. */
async function readAnswers(response) {
  let rest = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    lines.forEach(line => showAnswer(JSON.parse(line)));
  }
}

/** They come as they are ready; on the page they stand as in the list. */
function showAnswer({line, url, result}) {
  const row = copyOf('answer');
  row.dataset.line = line;
  setText(row.querySelector('.url'), url);
  showResult(row, result);
  const later = [...element('answers').children].find(other => Number(other.dataset.line) > line);
  element('answers').insertBefore(row, later ?? null);
}

function count() {
  const all = element('answers').childElementCount;
  const up = element('answers').querySelectorAll('.state:not([data-state=DOWN])').length;
  setText(element('checked'), all === 0 ? '' : `${all} checked, ${up} up`);
}
