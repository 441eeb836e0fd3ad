/** What the parts of the page have in common. */

/** What a state is called on the page. */
export const WORDS = {UP: 'Up', SLOW: 'Slow', DOWN: 'Down'};

export const element = id => document.getElementById(id);

/** Makes a copy of a template's content. */
export const copyOf = template => element(template).content.firstElementChild.cloneNode(true);

/** Touches the text only when it differs, so that a screen reader speaks of changes alone. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function duration(millis) {
  return millis < 1 ? '< 1 ms' : millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(1)} s`;
}

/** Shows in a row what a fetch found; `null` before the first. */
export function showResult(row, result) {
  const state = row.querySelector('.state');
  state.dataset.state = result?.state ?? '';
  setText(state, WORDS[result?.state] ?? '…');
  setText(row.querySelector('.latency'), result ? duration(result.millis) : '');
  setText(row.querySelector('.problem'), result?.problem ?? '');
}

/** Makes a form's handler: its button rests meanwhile, and what goes wrong is shown. */
export function submitting(problem, action) {
  return async event => {
    event.preventDefault();
    const button = event.target.querySelector('[type=submit]');
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
export async function call(method, path, options = {}) {
  let response;
  try {
    response = await fetch(path, {method, ...options});
  } catch (error) {
    throw error.name === 'AbortError' ? error : new Error('The application does not answer; try again when it is back');
  }
  if (response.ok) {
    return response;
  }
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail ?? `The application answered ${response.status}`);
}
