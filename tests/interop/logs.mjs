// Frames, entries, bundles, trees and tile paths: SPEC.md §8 and §11.
import { crc32Of, inflateMember } from './gzip.mjs';
import { decimal, need, sha256 } from './notes.mjs';

export function readFrames(body) {
  need(body.subarray(0, 6).toString('latin1') === 'CSHB1\n', 'magic');
  const out = [];
  for (let at = 6; ;) {
    need(at + 5 <= body.length, 'no end');
    const type = String.fromCharCode(body[at]), n = body.readUInt32BE(at + 1);
    need(at + 5 + n <= body.length, 'a length beyond the end');
    out.push([type, body.subarray(at + 5, at + 5 + n)]);
    at += 5 + n;
    if (type !== 'Z') continue;
    need(n === 0 && at === body.length, 'something behind the end');
    return out;
  }
}

export const leaf = (entry) => sha256(Buffer.from([0]), entry);
const inner = (left, right) => sha256(Buffer.from([1]), left, right);
export function readEntry(bytes) {
  need(bytes.length >= 18 && bytes.length <= 60000 && bytes[0] === 1 && 'EPDR'.includes(String.fromCharCode(bytes[1])), 'no entry');
  return { op: String.fromCharCode(bytes[1]), salt: bytes.subarray(2, 18), payload: bytes.subarray(18) };
}
// [{ entry, leaf }]; a redacted place has no entry.
export function readBundle(gz) {
  const raw = inflateMember(gz, 256 * 60002), out = [];
  for (let at = 0; at < raw.length;) {
    need(at + 2 <= raw.length, 'half a length');
    const n = raw.readUInt16BE(at);
    at += 2;
    const size = n || 32;
    need(n <= 60000 && (n === 0 || n >= 18) && at + size <= raw.length, 'a length');
    const bytes = raw.subarray(at, at + size);
    out.push(n ? { entry: bytes, leaf: leaf(bytes) } : { leaf: bytes });
    at += size;
  }
  return out;
}
export { crc32Of };

export function rootOf(leaves) {
  if (leaves.length === 0) return sha256('');
  let level = leaves;
  // Pairs from the left; what is left over goes up as it is: the shape of RFC 9162 §2.1.1.
  while (level.length > 1) {
    const up = [];
    for (let i = 0; i < level.length; i += 2) up.push(i + 1 < level.length ? inner(level[i], level[i + 1]) : level[i]);
    level = up;
  }
  return level[0];
}
// RFC 9162 §2.1.3.2
export function included(index, size, hash, proof, root) {
  if (index >= size) return false;
  let fn = index, sn = size - 1, r = hash;
  for (const p of proof) {
    if (sn === 0) return false;
    if (fn % 2 || fn === sn) {
      r = inner(p, r);
      while (fn % 2 === 0 && fn !== 0) { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2); }
    } else {
      r = inner(r, p);
    }
    fn = Math.floor(fn / 2); sn = Math.floor(sn / 2);
  }
  return sn === 0 && r.equals(root);
}
// RFC 9162 §2.1.4.2
export function consistent(oldSize, oldRoot, size, root, proof) {
  if (oldSize > size) return false;
  if (oldSize === size) return proof.length === 0 && oldRoot.equals(root);
  if (oldSize === 0) return proof.length === 0;
  if (proof.length === 0) return false;
  const path = Number.isInteger(Math.log2(oldSize)) ? [oldRoot, ...proof] : proof;
  let fn = oldSize - 1, sn = size - 1;
  while (fn % 2) { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2); }
  let fr = path[0], sr = path[0];
  for (const c of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 || fn === sn) {
      fr = inner(c, fr); sr = inner(c, sr);
      while (fn % 2 === 0 && fn !== 0) { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2); }
    } else {
      sr = inner(sr, c);
    }
    fn = Math.floor(fn / 2); sn = Math.floor(sn / 2);
  }
  return sn === 0 && fr.equals(oldRoot) && sr.equals(root);
}

export function tilePath({ level, index, width }) {
  const groups = [];
  let n = BigInt(index);
  do { groups.unshift(String(n % 1000n).padStart(3, '0')); n /= 1000n; } while (n > 0n);
  const name = groups.map((g, i) => (i < groups.length - 1 ? 'x' + g : g)).join('/');
  return `tile/${level < 0 ? 'entries' : level}/${name}${width === 256 ? '' : `.p/${width}`}`;
}
export function readTilePath(path) {
  const m = /^tile\/(entries|[0-4])\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([0-9]+))?$/.exec(path);
  need(m, 'no tile');
  const width = m[3] === undefined ? 256 : Number(decimal(m[3], 255n));
  const tile = { level: m[1] === 'entries' ? -1 : Number(m[1]), index: Number(m[2].replace(/[x/]/g, '')), width };
  need(width >= 1 && tilePath(tile) === path, 'another spelling');
  return tile;
}
export function tileIn({ level, index, width }, size) {
  const n = Math.floor(size / 256 ** Math.max(level, 0));
  return width === 256 ? (index + 1) * 256 <= n : index === Math.floor(n / 256) && width === n % 256;
}
