// Redactions, epochs, and what of a log lives on: SPEC.md §11.
import { readJson } from './json.mjs';
import { readEntry } from './logs.mjs';
import { Refused, decimal, fromB64, need } from './notes.mjs';

const isUrn = (v) => typeof v === 'string' && /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(v);
const number = (v, least) => { need(v !== null && typeof v === 'object' && 'integer' in v && v.integer >= least, 'no number'); return v.integer; };
const object = (payload) => { const o = readJson(Buffer.from(payload)); need(o instanceof Map, 'no object'); return o; };

export function readRedaction(payload, epoch, at) {
  const o = object(payload), index = number(o.get('index'), 1n);
  need(number(o.get('epoch'), 1n) === BigInt(epoch) && index < BigInt(at), 'it names nothing');
  return Number(index);
}
export function readBeginning(payload, epoch) {
  const o = object(payload);
  need(number(o.get('epoch'), 1n) === BigInt(epoch), 'another epoch');
  const prev = o.get('prev');
  if (epoch === 1) return need(prev === null, 'the first follows nothing');
  need(prev instanceof Map && typeof prev.get('origin') === 'string', 'prev');
  const m = /^cs1[a-z2-7]{52}\/[a-z0-9][a-z0-9-]{0,31}\/([0-9]+)$/.exec(prev.get('origin'));
  need(m && decimal(m[1]) === BigInt(epoch) - 1n && typeof prev.get('root') === 'string' && fromB64(prev.get('root')).length === 32, 'the log before');
  return number(prev.get('size'), 0n) + number(prev.get('count'), 0n);
}
const attempt = (f) => { try { return f(); } catch (e) { if (e instanceof Refused) return null; throw e; } };

export function liveOf(entries, epoch) {
  const read = entries.map((e) => attempt(() => readEntry(e)));
  const redacted = new Set(read.flatMap((e, i) => (e?.op === 'R' ? attempt(() => readRedaction(e.payload, epoch, i)) ?? [] : [])));
  const best = new Map();
  read.forEach((e, i) => {
    if (!e || !'PD'.includes(e.op) || redacted.has(i)) return;
    const o = attempt(() => object(e.payload)), rev = attempt(() => number(o?.get('rev') ?? null, 1n));
    if (!o || rev === null || !isUrn(o.get('id'))) return;
    const before = best.get(o.get('id'));
    if (!before || rev > before.rev) best.set(o.get('id'), { rev, i, put: e.op === 'P' });
  });
  return [...best.values()].filter((s) => s.put).map((s) => s.i).sort((a, b) => a - b);
}
