import {part, setText} from './rows.js';
import {clock} from './format.js';

const SVG = 'http://www.w3.org/2000/svg';

/** What is shown, in milliseconds: the last five minutes, or less while the page was not open for so long. */
const SPANS = [[30_000, '30 s ago', '15 s'], [60_000, '1 min ago', '30 s'], [120_000, '2 min ago', '1 min'],
  [300_000, '5 min ago', '2½ min']];

const LONGEST = SPANS.at(-1)[0];

/** Samples further apart than this are not joined: nobody looked meanwhile, or nobody answered. */
const GAP = 4_000;

const WIDTH = 1000, HEIGHT = 100;

/** Lines over the last five minutes. What a screen reader gets is the text beside them. */
export class Chart {

  #samples = [];
  #span;
  #words;
  #scale;
  #lines;
  #held;
  #whens;
  #readout;
  #cursor;
  #pointed = null;

  /**
   * `names` are the classes of its lines, the first filled; `scale` says where a value is, from 0 to 1; `ticks` are
   * `[value, text]`; `words` puts a sample into words.
   */
  constructor(figure, {names, scale, ticks, words}) {
    const plot = part(figure, 'plot'), svg = plot.appendChild(document.createElementNS(SVG, 'svg'));
    svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    this.#words = words;
    this.#scale = scale;
    this.#readout = part(figure, 'readout');
    this.#held = path(svg, 'blocked');
    for (const [value, text] of ticks) {
      const y = HEIGHT * (1 - scale(value));
      path(svg, 'grid').setAttribute('d', `M0 ${y}H${WIDTH}`);
      const label = plot.appendChild(document.createElement('span'));
      label.className = 'tick';
      label.textContent = text;
      label.style.top = `${y}%`;
    }
    this.#whens = [0, 0.5, 1].map(share => {
      const label = plot.appendChild(document.createElement('span'));
      label.className = 'axis';
      label.style.left = `${share * 100}%`;
      return label;
    });
    this.#lines = names.map((name, index) => ({area: index === 0 ? path(svg, `area ${name}`) : null, line: path(svg, `stroke ${name}`)}));
    this.#cursor = path(svg, 'cursor');
    svg.addEventListener('pointermove', event => this.#point(event.offsetX / svg.clientWidth));
    svg.addEventListener('pointerleave', () => this.#point(null));
  }

  /** Adds what was seen at a time: a value for each line. */
  add(at, values, blocked) {
    this.#samples.push({at, values, blocked});
    this.draw(at);
  }

  draw(now) {
    this.#samples = this.#samples.filter(sample => sample.at >= now - LONGEST);
    const [span, ...whens] = SPANS.find(([one]) => now - (this.#samples[0]?.at ?? now) <= one) ?? SPANS.at(-1);
    this.#span = span;
    [...whens, 'now'].forEach((text, index) => setText(this.#whens[index], text));
    const x = sample => Math.round((1 - (now - sample.at) / span) * WIDTH * 10) / 10;
    const runs = this.#runs();
    this.#lines.forEach(({area, line}, index) => {
      const y = sample => Math.round(HEIGHT * (1 - this.#scale(sample.values[index])) * 10) / 10;
      const drawn = runs.map(run => run.map(sample => `${x(sample)} ${y(sample)}`).join('L'));
      line.setAttribute('d', drawn.map(one => `M${one}`).join(''));
      area?.setAttribute('d', runs.map((run, of) => `M${x(run[0])} ${HEIGHT}L${drawn[of]}V${HEIGHT}Z`).join(''));
    });
    this.#held.setAttribute('d', this.#samples.filter(sample => sample.blocked)
        .map(sample => `M${x(sample) - 2} 0h4V${HEIGHT}h-4Z`).join(''));
    const chosen = this.#chosen(now);
    this.#cursor.setAttribute('d', this.#pointed !== null && chosen ? `M${x(chosen)} 0V${HEIGHT}` : '');
    setText(this.#readout, chosen ? this.#said(chosen) : '');
  }

  #said(sample) {
    return (this.#pointed === null ? '' : `${clock(sample.at)} · `) + this.#words(sample.values);
  }

  #chosen(now) {
    if (this.#pointed === null) {
      return this.#samples.at(-1);
    }
    const at = now - (1 - this.#pointed) * this.#span;
    return this.#samples.reduce((best, one) => !best || Math.abs(one.at - at) < Math.abs(best.at - at) ? one : best, undefined);
  }

  #point(share) {
    this.#pointed = share;
    this.draw(this.#samples.at(-1)?.at ?? 0);
  }

  #runs() {
    const runs = [];
    let before = -Infinity;
    for (const sample of this.#samples) {
      if (sample.at - before > GAP) {
        runs.push([]);
      }
      runs.at(-1).push(sample);
      before = sample.at;
    }
    return runs;
  }
}

function path(svg, name) {
  const node = svg.appendChild(document.createElementNS(SVG, 'path'));
  node.setAttribute('class', name);
  return node;
}
