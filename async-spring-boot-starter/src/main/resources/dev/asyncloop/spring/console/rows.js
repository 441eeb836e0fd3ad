/** What the parts of the page have in common. All text is set as text, whoever it comes from. */

export const element = id => document.getElementById(id);

export const part = (node, name) => node.querySelector(`.${name}`);

/** Touches the text only when it differs, so that a screen reader speaks of changes alone, and a selection stays. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export const copyOf = template => element(template).content.firstElementChild.cloneNode(true);

/** Makes a button open and close something. */
export function opening(button, opened) {
  button.addEventListener('click', () => {
    opened.hidden = !opened.hidden;
    button.setAttribute('aria-expanded', String(!opened.hidden));
  });
}

/** Opens a row, if it is not. */
export function open(row) {
  if (row && part(row, 'detail')?.hidden) {
    part(row, 'toggle').click();
  }
}

/** Writes a badge or an outcome: its word and its colour. */
export function mark(node, text, level) {
  setText(node, text);
  node.dataset.level = level;
}

/** Draws a share, from 0 to 1, as a bar. */
export function showShare(bar, share, label) {
  const percent = Math.round(Math.min(1, share) * 100);
  bar.firstElementChild.style.width = `${percent}%`;
  bar.setAttribute('aria-valuenow', percent);
  bar.setAttribute('aria-label', label);
}

/** Says what has gone wrong with what somebody asked for; an empty text that it has not. */
export function showFailure(text) {
  element('failure').hidden = text === '';
  setText(element('failure'), text);
}

/** Rows of a list, one for each item and kept while that is there: and with them what is open, selected or has the focus. */
export class Rows {

  #place;
  #template;
  #made;
  #rows = new Map();

  /** `made` is called once for each new row, with what it shows: a function that returns the item. */
  constructor(place, template, made = () => {}) {
    this.#place = place;
    this.#template = template;
    this.#made = made;
  }

  show(items, key, fill) {
    const keys = new Set(items.map(item => String(key(item))));
    for (const [old, row] of this.#rows) {
      if (!keys.has(old)) {
        row.node.remove();
        this.#rows.delete(old);
      }
    }
    let next = this.#place.firstElementChild;
    for (const item of items) {
      const row = this.#row(String(key(item)), item);
      if (row.node === next) {
        next = next.nextElementSibling;
      } else {
        this.#place.insertBefore(row.node, next);
      }
      fill(row.node, item);
    }
  }

  of(key) {
    return this.#rows.get(String(key))?.node;
  }

  #row(key, item) {
    let row = this.#rows.get(key);
    if (!row) {
      row = {node: copyOf(this.#template), item};
      const detail = part(row.node, 'detail');
      this.#rows.set(key, row);
      this.#made(row.node, () => row.item);
      if (detail) {
        opening(part(row.node, 'toggle'), detail);
      }
    }
    row.item = item;
    return row;
  }
}
