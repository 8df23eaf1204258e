// Records: SPEC.md §9.
import { readJson } from './json.mjs';
import { need } from './notes.mjs';

const SAFE = 2n ** 53n - 1n;
const bytes = (s) => Buffer.byteLength(s);
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u;
const string = (max) => (v) => typeof v === 'string' && bytes(v) <= max && /[^ \t\n]/u.test(v) && !CONTROL.test(v);
const matching = (max, re) => (v) => string(max)(v) && re.test(v);
const oneOf = (...words) => (v) => words.includes(v);
const list = (max, item) => (v) => Array.isArray(v) && v.length <= max && v.every(item);
const integer = (min, max) => (v) => v !== null && typeof v === 'object' && 'integer' in v && v.integer >= min && v.integer <= max;
const LANGUAGE = /^(?:[a-z]{2,8}(?:-[a-z0-9]{1,8})*|x(?:-[a-z0-9]{1,8})+|i(?:-[a-z0-9]{1,8})+)$/i;
const language = (v) => typeof v === 'string' && bytes(v) <= 35 && LANGUAGE.test(v);
const text = (max) => (v) => string(max)(v) || (Array.isArray(v) && v.length >= 1 && v.length <= 16
  && v.every((o) => o instanceof Map && string(max)(o.get('value')) && language(o.get('lang'))));

const SCHEMES = ['about', 'blob', 'data', 'file', 'filesystem', 'javascript', 'vbscript', 'view-source'];
const URI_CHARS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
function uri(max, httpsOnly) {
  return (v) => {
    if (!string(max)(v) || !URI_CHARS.test(v) || (v.match(/#/g) ?? []).length > 1) return false;
    const m = /^([A-Za-z][A-Za-z0-9+.-]+):(.*)$/.exec(v);
    if (!m || m[2] === '' || SCHEMES.includes(m[1].toLowerCase())) return false;
    if (m[1].toLowerCase() !== 'https') return !httpsOnly;
    return /^\/\/[^/?#@]+(?:[/?#]|$)/.test(m[2]);
  };
}
function isbn(v) {
  if (typeof v !== 'string' || !/^97[89][0-9]{10}$/.test(v)) return false;
  return [...v].reduce((sum, d, i) => sum + Number(d) * (i % 2 ? 3 : 1), 0) % 10 === 0;
}
function day(y, m, d) {
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  return m >= 1 && m <= 12 && d >= 1 && d <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1];
}
function moment(v) { // ISO 8601 date, or date and time
  const m = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.exec(v);
  return m !== null && day(Number(m[1]), Number(m[2]), Number(m[3])) && !(Number(m[4]) > 24 || Number(m[5]) > 59 || Number(m[6]) > 60);
}
function single(v) {
  const m = /^(-?(?:\d{4}|\d{3}X|\d{2}XX))(?:-(\d\d|XX)(?:-(\d\d|XX))?)?[?~%]?$/.exec(v);
  if (!m) return false;
  if (m[2] === undefined || m[2] === 'XX') return m[3] === undefined || m[3] === 'XX';
  const month = Number(m[2]);
  if (m[3] === undefined) return (month >= 1 && month <= 12) || (month >= 21 && month <= 24);
  if (m[3] === 'XX') return month >= 1 && month <= 12;
  return day(Number(m[1].replace(/X/g, '0')), month, Number(m[3]));
}
function edtf(v) {
  if (!string(32)(v)) return false;
  const sides = v.split('/');
  if (sides.length === 2) return sides.every((s) => s === '' || s === '..' || single(s)) && sides.some(single);
  return sides.length === 1 && (single(v) || (v.includes('T') && moment(v)));
}
const duration = (v) => string(32)(v) && /^P(?=.)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?)$/.test(v);
function file(o) {
  return o instanceof Map && /^[0-9a-f]{64}$/.test(o.get('sha256') ?? '') && integer(0n, SAFE)(o.get('size')) && string(127)(o.get('mediaType'))
    && string(400)(o.get('name')) && (!o.has('url') || uri(2000, true)(o.get('url')));
}
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const people = list(64, string(400)), some = list(16, string(400));
const members = {
  id: matching(45, UUID), rev: integer(1n, SAFE), kind: oneOf('resource', 'need'), name: text(2000),
  category: oneOf('material', 'equipment', 'room', 'expertise', 'workshop', 'mentorship', 'internship', 'tutoring', 'service'),
  type: list(8, matching(64, /^[A-Za-z0-9]+$/)), alternateName: list(16, text(2000)), creator: people, contributor: people, description: text(20000),
  about: people, keywords: people, learningResourceType: some, educationalLevel: some, audience: some, inLanguage: list(16, language),
  license: uri(400), publisher: string(400), datePublished: edtf, isbn: list(16, isbn), identifier: list(32, uri(400)), isBasedOn: list(16, uri(400)),
  isPartOf: list(16, uri(400)), url: uri(2000, true), image: uri(2000, true), encoding: list(32, file),
  conditionsOfAccess: oneOf('open', 'ask', 'loan', 'onsite'), copies: integer(0n, 1000000000n), capacity: integer(0n, 1000000000n),
  callNumber: string(200), place: text(400), validFrom: (v) => string(40)(v) && moment(v), validUntil: (v) => string(40)(v) && moment(v),
  timeRequired: duration,
};
export function readRecord(payload) {
  const record = readJson(payload);
  need(record instanceof Map, 'no object');
  for (const word of ['id', 'rev', 'kind', 'name']) need(record.has(word), `${word} is missing`);
  need(record.get('kind') !== 'resource' || record.has('category'), 'category is missing');
  for (const [name, value] of record) need(!Object.hasOwn(members, name) || members[name](value), `${name} is not of its shape`);
  return record;
}
