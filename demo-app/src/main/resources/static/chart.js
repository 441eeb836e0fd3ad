import uPlot from './webjars/uplot/dist/uPlot.esm.js';
import {WORDS, duration, setText} from './page.js';

const HEIGHT = 132;

/** The lowest upper end of the scale, in milliseconds, so that noise looks like what it is. */
const LEAST = 20;

const FONT = '11px system-ui, sans-serif';

const charts = new Set();

const time = at => new Date(at).toLocaleTimeString('en-GB');

/** The page's colours, asked for at each drawing, as they may change. */
const colour = name => () => getComputedStyle(document.documentElement).getPropertyValue(name);

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => charts.forEach(chart => chart.redraw()));

/** A watch's latencies over time, with a text beside it that says what is under the pointer, or reached by arrow keys. */
export class LatencyChart {

  #plot;
  #resizing;
  #place;
  #readout;
  #history = [];
  #slowAfter = 0;

  constructor(place, readout, name) {
    this.#place = place;
    this.#readout = readout;
    place.setAttribute('aria-label', `Latency of ${name}`);
    this.#plot = new uPlot(this.#options(), [[], [], []], place);
    this.#resizing = new ResizeObserver(() => this.#plot.setSize({width: place.clientWidth, height: HEIGHT}));
    this.#resizing.observe(place);
    place.onkeydown = event => this.#move(event);
    place.onblur = () => this.#plot.setCursor({left: -10, top: -10});
    charts.add(this);
  }

  /** Draws a history; a result that is down has no latency worth a line. */
  show(history, slowAfter) {
    this.#history = history;
    this.#slowAfter = slowAfter;
    this.#plot.setData([
      history.map(result => result.at / 1000),
      history.map(result => result.state === 'DOWN' ? null : result.millis),
      history.map(result => result.state === 'DOWN' ? 0 : null),
    ]);
    this.#read();
  }

  redraw() {
    this.#plot.redraw(false);
  }

  close() {
    charts.delete(this);
    this.#resizing.disconnect();
    this.#plot.destroy();
  }

  #options() {
    const down = colour('--down-bar'), muted = colour('--muted');
    return {
      width: this.#place.clientWidth,
      height: HEIGHT,
      padding: [8, 6, 0, 0],
      legend: {show: false},
      cursor: {y: false, drag: {x: false, y: false}, points: {size: 8}},
      scales: {
        x: {range: (plot, min, max) => [min - (max - min) / 100, max + (max - min) / 100]},
        y: {range: (plot, min, max) => [0, Math.max(LEAST, (max ?? 0) * 1.15)]},
      },
      axes: [
        {stroke: muted, font: FONT, size: 26, space: 80, grid: {show: false}, ticks: {show: false},
          values: (plot, seconds) => seconds.map(second => time(second * 1000))},
        {stroke: muted, font: FONT, size: 52, space: 34, grid: {stroke: colour('--edge'), width: 1},
          ticks: {show: false}, values: (plot, millis) => millis.map(one => one === 0 ? '0' : duration(one))},
      ],
      series: [
        {},
        {stroke: colour('--accent'), width: 1.75, fill: colour('--accent-soft'), spanGaps: true, points: {show: false}},
        {stroke: down, paths: () => null, points: {show: true, size: 6, stroke: down, fill: down}},
      ],
      hooks: {setCursor: [() => this.#read()], draw: [plot => this.#drawLimit(plot)]},
    };
  }

  /** A dashed line: from here on an answer is slow. */
  #drawLimit(plot) {
    if (this.#slowAfter > plot.scales.y.max) {
      return;
    }
    const {ctx, bbox} = plot, y = Math.round(plot.valToPos(this.#slowAfter, 'y', true));
    ctx.save();
    ctx.strokeStyle = colour('--slow-bar')();
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }

  #move(event) {
    const last = this.#history.length - 1, here = this.#plot.cursor.idx ?? last + 1;
    const next = {ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last}[event.key];
    if (next !== undefined && last >= 0) {
      event.preventDefault();
      const index = Math.max(0, Math.min(last, next));
      this.#plot.setCursor({left: this.#plot.valToPos(this.#history[index].at / 1000, 'x'), top: 0});
      this.#place.setAttribute('aria-valuemax', last + 1);
      this.#place.setAttribute('aria-valuenow', index + 1);
      this.#place.setAttribute('aria-valuetext', this.#words(this.#history[index]));
    }
  }

  #read() {
    const chosen = this.#history[this.#plot?.cursor.idx ?? -1];
    setText(this.#readout, chosen ? this.#words(chosen) : this.#summary());
  }

  #words({at, state, millis}) {
    return `${time(at)} · ${duration(millis)} · ${WORDS[state].toLowerCase()}`;
  }

  #summary() {
    const millis = this.#history.filter(result => result.state !== 'DOWN').map(result => result.millis).sort((a, b) => a - b);
    return millis.length === 0 ? 'No answer yet'
        : `Median ${duration(millis[millis.length >> 1])} · max ${duration(millis.at(-1))} · slow ≥ ${duration(this.#slowAfter)}`;
  }
}
