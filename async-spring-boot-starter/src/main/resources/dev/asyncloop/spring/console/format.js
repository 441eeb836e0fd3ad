/** Durations, times and numbers as one reads them. */

const ISO = /^(-?)P(?:(\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?[\d.]+)S)?)?$/;

/** Returns an ISO duration, such as PT1M0.25S, in seconds. */
export function seconds(iso) {
  const [, sign, days, hours, minutes, rest] = ISO.exec(iso ?? '') ?? [];
  return ((+days || 0) * 86400 + (+hours || 0) * 3600 + (+minutes || 0) * 60 + (+rest || 0)) * (sign ? -1 : 1);
}

const rounded = (value, unit) => `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${unit}`;

const two = (value, unit, part, partUnit) =>
    `${Math.floor(value)} ${unit}${Math.floor(part) > 0 ? ` ${Math.floor(part)} ${partUnit}` : ''}`;

/** Returns so many seconds in words. */
export function duration(value) {
  return value <= 0 ? '0'
      : value < 0.001 ? rounded(value * 1e6, 'µs')
      : value < 0.9995 ? rounded(value * 1e3, 'ms')
      : value < 60 ? rounded(value, 's')
      : value < 3600 ? two(value / 60, 'min', value % 60, 's')
      : value < 86400 ? two(value / 3600, 'h', value % 3600 / 60, 'min')
      : two(value / 86400, 'd', value % 86400 / 3600, 'h');
}

/** Returns an ISO duration in words. */
export const span = iso => duration(seconds(iso));

/** Returns a text with the ISO durations in it in words. */
export const readable = text => text.replaceAll(/\bPT[\dHMS.]+|\bP\d+D(?:T[\dHMS.]+)?/g, span);

/** Returns the time of day. */
export const clock = time => new Date(time).toLocaleTimeString('en-GB');

/** Returns how far a time is from now, without split seconds: they would flicker. */
export function distance(time, now) {
  const away = (new Date(time) - now) / 1000, whole = Math.round(Math.abs(away));
  return whole === 0 ? 'now' : away > 0 ? `in ${duration(whole)}` : `${duration(whole)} ago`;
}

export const percent = share => `${Math.round(share * 100)} %`;

export const number = value => value.toLocaleString('en-GB');

/** Returns a number with its noun: "1 call", "2 calls". */
export const counted = (value, noun) => `${number(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Returns a constant's name as a word. */
export const word = constant => constant.toLowerCase().replaceAll('_', ' ');
