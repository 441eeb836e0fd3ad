/** Another endpoint of the actuator, asked again and again. */

const PAUSE = 1000;

/** How much longer it is let alone after it has said no. */
const REFUSED = 9_000;

/** After that long an answer is not waited for any more. The loop may well be blocked for longer. */
const LIMIT = 15_000;

const NOBODY = 'No answer: the application has ended, or something holds the threads that would give one';

/** What a status other than 200 means to who looks at the page. */
function problem(status, id) {
  switch (status) {
    case 401: return `You are not logged in any more; load this page again`;
    case 403: return `You may not see the endpoint '${id}'`;
    case 404: return `The endpoint '${id}' is not there any more`;
    default: return `The endpoint '${id}' answered ${status}`;
  }
}

class Refused extends Error {

  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export class Endpoint {

  #id;
  #path;

  constructor(id) {
    this.#id = id;
    this.#path = document.body.dataset[id];
  }

  /** Whether the application exposes it. */
  get exposed() {
    return this.#path !== undefined;
  }

  /** Whether it has operations that change something. */
  get writable() {
    return document.body.dataset[`${this.#id}Writable`] !== undefined;
  }

  /** Reads it, or one of its items. */
  async read(item = '') {
    const response = await ask(this.#path + item, {headers: {accept: 'application/json'}});
    if (!response.ok) {
      throw new Refused(problem(response.status, this.#id), response.status);
    }
    return response.json();
  }

  /** Has it change something; returns the answer, if there is one. */
  async write(method, item, body) {
    const headers = {accept: 'application/json', ...await csrf()};
    if (body) {
      headers['content-type'] = 'application/json';
    }
    const response = await ask(this.#path + item, {method, headers, body: body && JSON.stringify(body)});
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) {
      throw new Refused(answer.message ?? (response.status === 403 ? 'You may not do that'
          : `The endpoint '${this.#id}' answered ${response.status}`), response.status);
    }
    return answer;
  }

  /**
   * Reads it each second while the page is seen, and less often while the answer is no. `show` gets each answer, and `fail`
   * what went wrong.
   */
  async poll(query, show, fail, pause = PAUSE) {
    for (;;) {
      let next = performance.now() + pause;
      try {
        show(await this.read(query()));
      } catch (error) {
        next += error.status > 0 ? REFUSED : 0;
        fail(error);
      }
      await sleep(Math.max(pause / 4, next - performance.now()));
      await seen();
    }
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, {...options, redirect: 'manual', cache: 'no-store', signal: AbortSignal.timeout(LIMIT)});
  } catch (error) {
    throw error instanceof TypeError || error.name === 'TimeoutError' ? new Refused(NOBODY, 0) : error;
  }
  if (response.type === 'opaqueredirect') {
    throw new Refused(problem(401), 401);
  }
  return response;
}

/** Asks the page for Spring Security's token, anew each time: it ends with the session. */
async function csrf() {
  const page = await ask(location.pathname, {headers: {accept: 'text/html'}});
  const [, name, token] = /^([^=]+)=(.*)$/.exec(page.headers.get('console-csrf') ?? '') ?? [];
  return name ? {[name]: token} : {};
}

const sleep = millis => new Promise(done => setTimeout(done, millis));

/** Ends as soon as somebody looks at the page. */
const seen = () => new Promise(done => {
  const look = () => {
    if (!document.hidden) {
      document.removeEventListener('visibilitychange', look);
      done();
    }
  };
  document.addEventListener('visibilitychange', look);
  look();
});
