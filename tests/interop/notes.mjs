// Encodings, keys and signed notes, as protocol/SPEC.md §2 and §3 describe them.
import { createHash, createPublicKey, verify } from 'node:crypto';

export const TIME_MAX = 253402300799n, VERSION_MAX = 9223372036854775807n;
export class Refused extends Error {}
export const refuse = (why) => { throw new Refused(why); };
export const need = (condition, why) => condition || refuse(why);

export const sha256 = (...parts) => { const h = createHash('sha256'); parts.forEach((p) => h.update(p)); return h.digest(); };
export const b64 = (bytes) => Buffer.from(bytes).toString('base64');
const B32 = 'abcdefghijklmnopqrstuvwxyz234567';
export function b32(bytes) {
  let out = '', bits = 0, value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte; bits += 8;
    for (; bits >= 5; bits -= 5) out += B32[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return bits ? out + B32[(value << (5 - bits)) & 31] : out;
}
// Each takes the one canonical spelling only: what it read, written again, must be the same.
const canonical = (text, bytes, write) => { need(write(bytes) === text, 'not canonical'); return bytes; };
export const fromB64 = (text) => canonical(text, Buffer.from(text, 'base64'), b64);
export const fromB64url = (text) => canonical(text, Buffer.from(text, 'base64url'), (b) => Buffer.from(b).toString('base64url'));
export const fromHex = (text) => canonical(text, Buffer.from(text, 'hex'), (b) => b.toString('hex'));
export function fromB32(text) {
  let bits = 0, value = 0;
  const out = [];
  for (const c of text) {
    const digit = B32.indexOf(c);
    need(digit >= 0, 'no base32 digit');
    value = (value << 5) | digit; bits += 5;
    if (bits >= 8) { bits -= 8; out.push((value >>> bits) & 255); value &= (1 << bits) - 1; }
  }
  return canonical(text, Buffer.from(out), b32);
}
export function decimal(text, max = VERSION_MAX) {
  need(/^(0|[1-9][0-9]*)$/.test(text), 'no number');
  need(BigInt(text) <= max, 'too large');
  return BigInt(text);
}

// ---- keys
const P = (1n << 255n) - 19n;
const SMALL_Y = [0n, 1n, P - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n];
export function checkKey(bytes) {
  need(bytes.length === 32, 'a key has 32 bytes');
  let y = 0n;
  for (let i = 31; i >= 0; i--) y = (y << 8n) | BigInt(i === 31 ? bytes[i] & 127 : bytes[i]);
  need(y < P, 'a key that is not reduced');
  need(!SMALL_Y.includes(y), 'a key of small order');
  return bytes;
}
export function signed(key, message, signature) {
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
  return verify(null, message, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature) === true;
}

// ---- notes
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export function utf8(bytes) {
  try { return decoder.decode(bytes); } catch { return refuse('not UTF-8'); }
}
const nameIsGood = (name) => name !== '' && Buffer.byteLength(name) <= 120 && !/[\s+\u0085\u180e]/u.test(name);

export function readNote(input, max = 65536) {
  const bytes = Buffer.from(input);
  need(bytes.length <= max, 'a note that is too large');
  const whole = utf8(bytes);
  need(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u.test(whole), 'control characters');
  const cut = whole.lastIndexOf('\n\n');
  need(cut >= 0 && whole.endsWith('\n'), 'no empty line');
  const text = whole.slice(0, cut + 1), lines = whole.slice(cut + 2).split('\n');
  need(lines.pop() === '' && lines.length >= 1 && lines.length <= 16, 'one to sixteen signatures');
  const signatures = lines.map((line) => {
    const m = /^\u2014 ([^ ]+) ([A-Za-z0-9+/]+=*)$/u.exec(line);
    need(m && nameIsGood(m[1]), 'no signature line');
    const data = fromB64(m[2]);
    need(data.length >= 5, 'a signature that is too short');
    return { name: m[1], id: data.subarray(0, 4), body: data.subarray(4) };
  });
  return { text, signatures };
}
export const keyId = (name, type, key) => sha256(Buffer.from(`${name}\n`), Buffer.from([type]), key).subarray(0, 4);

// 'absent', or { time } when every line of this key verifies; refused otherwise.
export function verifyNote(note, { name, type, key }) {
  const id = keyId(name, type, key), text = Buffer.from(note.text);
  let time = -1n;
  for (const s of note.signatures) {
    if (s.name !== name || !s.id.equals(id)) continue;
    if (type === 1) {
      need(s.body.length === 64 && signed(key, text, s.body), 'a bad signature');
      time = 0n;
    } else {
      need(s.body.length === 72, 'a bad cosignature');
      const t = s.body.readBigUInt64BE(0);
      const message = Buffer.concat([Buffer.from(`cosignature/v1\ntime ${t}\n`), text]);
      need(t <= TIME_MAX && signed(key, message, s.body.subarray(8)), 'a bad cosignature');
      if (t > time) time = t;
    }
  }
  return time < 0n ? 'absent' : { time };
}
export function mustVerify(note, key) {
  const found = verifyNote(note, key);
  need(found !== 'absent', 'not signed by this key');
  return found.time;
}
// The lines behind the first, as [word, value].
export function fields(text, first) {
  const lines = text.split('\n');
  lines.pop();
  need(lines[0] === first, 'another kind of note');
  return lines.slice(1).map((l) => {
    const at = l.indexOf(' ');
    need(at > 0 && at < l.length - 1, 'no "word value"');
    return [l.slice(0, at), l.slice(at + 1)];
  });
}
