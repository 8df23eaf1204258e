// What nodes saw of others' logs, asking for cosignatures, evidence: SPEC.md §17.
import { consistent, readFrames } from './logs.mjs';
import { TIME_MAX, decimal, fields, fromB64, mustVerify, need, readNote, sha256 } from './notes.mjs';
import { nodeId, readChain, readCheckpoint, readKeyset, shelfName } from './statements.mjs';

const SIZE_MAX = 1n << 40n;
const hash = (text) => { const h = fromB64(text); need(h.length === 32, 'no hash'); return h; };
function origin(text) {
  const m = /^(cs1[a-z2-7]{52})\/([^/]+)\/([^/]+)$/.exec(text);
  need(m && nodeId(m[1]) && shelfName(m[2]) && decimal(m[3]) >= 1n, 'no origin');
  return text;
}

export function readSeen(input, node, keyset) {
  const note = readNote(input, 1 << 20), f = fields(note.text, 'commonshelf/seen/v1');
  need(f[0]?.[0] === 'node' && nodeId(f[0][1]) === node && f[1]?.[0] === 'time', 'head');
  const time = decimal(f[1][1], TIME_MAX);
  mustVerify(note, { name: `${node}/witness`, type: 1, key: keyset.witness });
  const logs = f.slice(2).map(([word, value]) => {
    const w = value.split(' ');
    need(word === 'log' && w.length === 6 && w[4] === 'applied', 'a log');
    return { origin: origin(w[0]), size: decimal(w[1], SIZE_MAX), root: hash(w[2]), time: decimal(w[3], TIME_MAX), applied: decimal(w[5], SIZE_MAX) };
  });
  need(logs.every((l, i) => i === 0 || logs[i - 1].time < l.time || (logs[i - 1].time === l.time && logs[i - 1].origin < l.origin)), 'order');
  need(new Set(logs.map((l) => l.origin)).size === logs.length, 'a log twice');
  return { time, logs };
}

export function readAsk(body) {
  need(Buffer.byteLength(body) <= 16384, 'too long');
  const cut = body.indexOf('\n\n');
  need(cut > 0, 'no empty line');
  const [first, ...hashes] = body.slice(0, cut).split('\n');
  need(first.startsWith('old ') && hashes.length <= 63, 'head');
  const lines = readNote(body.slice(cut + 2), 8192).text.split('\n');
  need(lines.length === 4, 'three lines');
  const out = { old: decimal(first.slice(4), SIZE_MAX), hashes: hashes.map(hash), origin: origin(lines[0]), size: decimal(lines[1], SIZE_MAX) };
  need(hash(lines[2]).equals(sha256('')) || out.size > 0n, 'the root of an empty tree');
  return out;
}

// By the keys of any version of the chain.
function signedBy(notes, node, note) {
  const of = note.toString().split('\n')[0];
  for (let n = notes.length; n > 0; n--) {
    try { return { origin: of, ...readCheckpoint(note, of, node, readKeyset(notes[n - 1])) }; } catch (e) { if (n === 1) throw e; }
  }
  return need(false, 'no keys');
}
// The root that a tree of `size` with this root has in its first `old` leaves, by hashes with that root before them where `old` is
// a power of two: every root is tried that the hashes can lead to.
function prefixRoot(old, size, root, hashes) {
  const power = Number.isInteger(Math.log2(old));
  if (power) {
    need(hashes.length > 1 && consistent(old, hashes[0], size, root, hashes.slice(1)), 'hashes of another tree');
    return hashes[0];
  }
  let fn = old - 1, sn = size - 1, fr = hashes[0];
  while (fn % 2) { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2); }
  for (const c of hashes.slice(1)) {
    if (fn % 2 || fn === sn) {
      fr = sha256(Buffer.from([1]), c, fr);
      while (fn % 2 === 0 && fn !== 0) { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2); }
    }
    fn = Math.floor(fn / 2); sn = Math.floor(sn / 2);
  }
  need(consistent(old, fr, size, root, hashes), 'hashes of another tree');
  return fr;
}
export function readEvidence(file) {
  const frames = readFrames(file), word = frames.map(([type]) => type).join('');
  need(/^K+CCH?Z$/.test(word), 'other frames');
  const keysets = frames.filter(([t]) => t === 'K').map(([, d]) => d);
  const { node } = readChain(keysets);
  const [a, b] = frames.filter(([t]) => t === 'C').map(([, d]) => signedBy(keysets, node, d));
  const h = frames.find(([t]) => t === 'H')?.[1] ?? Buffer.alloc(0);
  need(a.origin === b.origin && a.size <= b.size && h.length % 32 === 0, 'two logs, or turned around');
  const hashes = Array.from({ length: h.length / 32 }, (_, i) => h.subarray(32 * i, 32 * i + 32));
  if (a.size === b.size) {
    need(hashes.length === 0 && !a.root.equals(b.root), 'no contradiction');
    return { node, proves: 'fork' };
  }
  if (hashes.length === 0) {
    need(a.time > b.time, 'no contradiction');
    return { node, proves: 'rollback' };
  }
  need(!prefixRoot(Number(a.size), Number(b.size), b.root, hashes).equals(a.root), 'no contradiction');
  return { node, proves: 'fork' };
}
