// Keysets, profiles, first contact, checkpoints and signed requests: SPEC.md §4 to §7, §11 and §18.
import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { TIME_MAX, b32, b64, checkKey, decimal, fields, fromB32, fromB64, fromB64url, mustVerify, need, readNote, refuse, sha256, signed, verifyNote } from './notes.mjs';

const hash = (text) => { const h = fromB64(text); need(h.length === 32, 'no hash'); return h; };
export function nodeId(text) {
  need(/^cs1[a-z2-7]{52}$/.test(text) && fromB32(text.slice(3)).length === 32, 'no node ID');
  return text;
}

// ---- §4
export function readKeyset(input) {
  const note = readNote(input), f = fields(note.text, 'commonshelf/keyset/v1');
  let at = 0;
  const take = (word) => { need(f[at]?.[0] === word, `${word} is missing`); return f[at++][1]; };
  const k = { text: note.text, version: decimal(take('version')) };
  const prev = take('prev');
  k.prev = prev === '-' ? null : hash(prev);
  need(k.version >= 1n && k.version <= 1024n && (k.version === 1n) === (k.prev === null), 'version and prev');
  need(k.prev === null || k.prev.some((b) => b), 'a hash of zero bytes');
  k.issued = decimal(take('issued'), TIME_MAX);
  k.expires = decimal(take('expires'), TIME_MAX);
  need(k.expires > k.issued, 'it expires before it is issued');
  k.threshold = decimal(take('threshold'), 5n);
  k.root = [];
  while (f[at]?.[0] === 'root') k.root.push(checkKey(fromB64(f[at++][1])));
  need(k.root.length >= 1 && k.root.length <= 5 && k.threshold >= 1n && k.threshold <= BigInt(k.root.length), 'threshold');
  for (const word of ['log', 'auth', 'witness']) k[word] = checkKey(fromB64(take(word)));
  if (f[at]?.[0] === 'gov') k.gov = checkKey(fromB64(take('gov')));
  k.retired = [];
  while (f[at]?.[0] === 'retire') k.retired.push(f[at++][1]);
  need(at === f.length && k.retired.length <= 16, 'an unknown line');
  const keys = [...k.root, k.log, k.auth, k.witness, ...(k.gov ? [k.gov] : [])].map((key) => key.toString('hex'));
  need(new Set(keys).size === keys.length, 'a key twice');
  k.note = note;
  need(signatures(note, k) >= Number(k.threshold), 'too few signatures');
  return k;
}
const signatures = (note, keyset) => keyset.root.filter((key) => verifyNote(note, { name: 'root', type: 1, key }) !== 'absent').length;
export function readChain(notes) {
  let now = null, node = null;
  for (const input of notes) {
    const next = readKeyset(input);
    if (now) {
      need(next.version === now.version + 1n && next.prev.equals(sha256(now.text)), 'it does not follow');
      need(signatures(next.note, now) >= Number(now.threshold), 'the old roots did not sign');
    } else {
      need(next.version === 1n, 'no genesis');
      node = 'cs1' + b32(sha256(next.text));
    }
    now = next;
  }
  need(now, 'no keyset');
  return { node, keyset: now };
}
export function checkWords(a, b, list) {
  const bits = BigInt('0x' + sha256(...[a, b].sort()).toString('hex'));
  return [1, 2, 3, 4, 5, 6].map((i) => list[Number((bits >> BigInt(256 - 11 * i)) & 2047n)]).join(' ');
}

// ---- §5
export const shelfName = (name) => /^[a-z0-9][a-z0-9-]{0,31}$/.test(name);
function canonicalIPv6(text) {
  if (!isIPv6(text) || text.includes('%') || text.includes('.')) return false;
  return new URL(`https://[${text}]`).hostname === `[${text}]`;
}
export function isOrigin(url) {
  const m = /^https:\/\/(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?$/.exec(url);
  if (!m || Buffer.byteLength(url) > 2000 || (m[2] && Number(m[2]) > 65535)) return false;
  if (m[1][0] === '[') return canonicalIPv6(m[1].slice(1, -1));
  const labels = m[1].split('.');
  if (labels.length === 4 && labels.every((l) => /^(0|[1-9][0-9]{0,2})$/.test(l) && Number(l) < 256)) return true;
  return m[1].length <= 253 && labels.every((l) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(l)) && !/^[0-9]/.test(labels.at(-1));
}
export function readProfile(input, node, keyset) {
  const note = readNote(input), p = { via: [], pin: [], shelf: [] };
  mustVerify(note, { name: `${node}/log`, type: 1, key: keyset.log });
  for (const [word, value] of fields(note.text, 'commonshelf/profile/v1')) {
    if (word in { via: 0, pin: 0, shelf: 0 }) {
      p[word].push(word === 'via' ? nodeId(value) : word === 'pin' ? b64(hash(value)) : value);
    } else if (['node', 'version', 'issued', 'expires', 'name', 'place', 'lang', 'reach', 'url'].includes(word)) {
      need(!(word in p), 'a word twice');
      p[word] = value;
    }
  }
  for (const word of ['node', 'version', 'issued', 'expires', 'name', 'reach']) need(word in p, `${word} is missing`);
  need(nodeId(p.node) === node, 'another node');
  need(decimal(p.version) >= 1n && decimal(p.issued, TIME_MAX) < decimal(p.expires, TIME_MAX), 'version and times');
  for (const word of ['name', 'place']) need(Buffer.byteLength(p[word] ?? '') <= 400, 'too long');
  need(p.reach === 'direct' ? p.url && isOrigin(p.url) && p.pin.length >= 1 : p.reach === 'none' && !('url' in p), 'reach and url');
  need(p.via.length <= 8 && p.pin.length <= 4 && p.shelf.length <= 256 && !p.via.includes(node), 'lists');
  const shelves = p.shelf.map((s) => {
    const [name, epoch, ...more] = s.split(' ');
    need(shelfName(name) && epoch !== undefined && more.length === 0 && decimal(epoch) >= 1n, 'a shelf');
    return name;
  });
  for (const list of [p.via, p.pin, shelves]) need(new Set(list).size === list.length, 'something twice');
  return p;
}

// ---- §6
export function readInvite(link) {
  const m = /^(https:\/\/[^/#?]+)\/csh\/join#(cs1[a-z2-7]{52})~([A-Za-z0-9_-]{22})$/.exec(link.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''));
  need(m && isOrigin(m[1]), 'no invite');
  const secret = fromB64url(m[3]);
  return { url: m[1], node: nodeId(m[2]), secret, name: sha256('commonshelf/invite-name/v1\n', secret).subarray(0, 16) };
}
const sixteen = (text) => { const b = fromB64(text); need(b.length === 16 && b.some((x) => x), 'no 16 bytes'); return b; };
export function readHello(input) {
  const note = readNote(input), f = fields(note.text, 'commonshelf/hello/v1');
  const words = ['from', 'to', 'time', 'invite', 'nonce', 'answers', 'keysets', 'profile', 'mac'];
  need(f.length === words.length && f.every(([w], i) => w === words[i]), 'other lines');
  const v = Object.fromEntries(f);
  return { note, from: nodeId(v.from), to: nodeId(v.to), time: decimal(v.time, TIME_MAX), invite: fromB64(v.invite), nonce: sixteen(v.nonce),
    answers: v.answers === '-' ? null : sixteen(v.answers), keysets: hash(v.keysets), profile: hash(v.profile), mac: hash(v.mac) };
}
export function helloMac(h, side, secret) {
  const joiner = side === 'joiner' ? h.nonce : h.answers, inviter = side === 'joiner' ? Buffer.alloc(16) : h.nonce;
  return createHmac('sha256', secret).update(`commonshelf/hello-${side}/v1\n${h.from}\n${h.to}\n`)
    .update(Buffer.concat([joiner, inviter, h.keysets, h.profile])).digest();
}

// ---- §11
export function readCheckpoint(input, origin, node, keyset) {
  const note = readNote(input, 8192), lines = note.text.split('\n');
  need(lines.length === 4, 'three lines');
  const m = /^(cs1[a-z2-7]{52})\/([^/]+)\/([^/]+)$/.exec(lines[0]);
  need(m && shelfName(m[2]) && decimal(m[3]) >= 1n && nodeId(m[1]) === node && lines[0] === origin, 'another origin');
  const size = decimal(lines[1], 1n << 40n), root = hash(lines[2]);
  need(size > 0n || root.equals(sha256('')), 'the root of an empty tree');
  mustVerify(note, { name: origin, type: 1, key: keyset.log });
  return { size, root, time: mustVerify(note, { name: `${node}/witness`, type: 4, key: keyset.witness }) };
}

// ---- §18
const ROLES = ['publisher', 'evaluator', 'mirror', 'observer'];
function readRoles(text) {
  const given = text.split(',');
  need(given.join() === ROLES.filter((r) => given.includes(r)).join() && (given.length === 1 || !given.includes('observer')), 'roles');
  return given;
}
const ascending = (list, key) => need(list.every((x, i) => i === 0 || list[i - 1][key] < x[key]), 'order');
const charterSigners = (note, charter) => charter.coordinators.filter((c) => verifyNote(note, { name: `${c.node}/gov`, type: 1, key: c.key }) !== 'absent').length;
export function readCharter(input) {
  const note = readNote(input, 1 << 20), f = fields(note.text, 'commonshelf/charter/v1');
  let at = 0;
  const take = (word) => { need(f[at]?.[0] === word, `${word} is missing`); return f[at++][1]; };
  const several = (word, most, read) => {
    const list = [];
    while (f[at]?.[0] === word) list.push(read(f[at++][1]));
    need(list.length <= most, `too many of ${word}`);
    return list;
  };
  const c = { note, text: note.text, name: take('name'), version: decimal(take('version'), 1024n) };
  const prev = take('prev');
  c.prev = prev === '-' ? null : hash(prev);
  need(Buffer.byteLength(c.name) <= 400 && c.version >= 1n && (c.version === 1n) === (c.prev === null) && (c.prev === null || c.prev.some((b) => b)), 'head');
  c.issued = decimal(take('issued'), TIME_MAX);
  const life = decimal(take('expires'), TIME_MAX) - c.issued;
  need(life > 0n && life <= 7776000n, 'times');
  c.threshold = decimal(take('threshold'), 8n);
  c.coordinators = several('coordinator', 8, (v) => {
    const [node, key, ...more] = v.split(' ');
    need(key !== undefined && more.length === 0, 'a coordinator');
    return { node: nodeId(node), key: checkKey(fromB64(key)) };
  });
  need(c.threshold >= 1n && c.threshold <= BigInt(c.coordinators.length), 'threshold');
  need(new Set(c.coordinators.map((x) => b64(x.key))).size === c.coordinators.length, 'a key twice');
  c.terms = several('term', 32, (v) => need(Buffer.byteLength(v) <= 1000, 'a term'));
  c.members = several('member', 4096, (v) => {
    const m = /^([^ ]+) roles=([^ ]+) since=([^ ]+) (.+)$/su.exec(v);
    need(m && Buffer.byteLength(m[4]) <= 400, 'a member');
    return { node: nodeId(m[1]), roles: readRoles(m[2]), since: decimal(m[3], TIME_MAX), name: m[4] };
  });
  need(at === f.length, 'an unknown line');
  ascending(c.coordinators, 'node');
  ascending(c.members, 'node');
  need(c.coordinators.every((x) => c.members.some((m) => m.node === x.node)), 'a coordinator that is no member');
  need(charterSigners(note, c) >= Number(c.threshold), 'too few signatures');
  return c;
}
export function readCharters(notes) {
  let now = null, id = null;
  for (const input of notes) {
    const next = readCharter(input);
    if (now) {
      need(next.version === now.version + 1n && next.prev.equals(sha256(now.text)) && next.issued >= now.issued, 'it does not follow');
      need(charterSigners(next.note, now) >= Number(now.threshold), 'the coordinators before did not sign');
    } else {
      need(next.version === 1n, 'not the first one');
      id = 'ch1' + b32(sha256(next.text));
    }
    now = next;
  }
  return { id, members: now.members.map((m) => m.node) };
}

// ---- §19
export function readShelves(text, node) {
  need(Buffer.byteLength(text) <= 32768 && text.endsWith('\n') && !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u.test(text), 'form');
  const f = fields(text, 'commonshelf/shelves/v1');
  need(f[0]?.[0] === 'node' && nodeId(f[0][1]) === node && f.length <= 257, 'head');
  const list = f.slice(1).map(([word, value]) => {
    const [path, epoch, name, audience, ...more] = value.split(' ');
    need(word === 'shelf' && audience !== undefined && more.length === 0 && shelfName(path) && shelfName(name) && decimal(epoch) >= 1n, 'a shelf');
    const charter = /^charter:ch1([a-z2-7]{52})$/.exec(audience);
    need(audience === 'nodes' || (audience === 'public' && path === name) || (charter && fromB32(charter[1]).length === 32), 'an audience');
    return [path, Number(epoch), name, audience];
  });
  need(list.every((s, i) => i === 0 || list[i - 1][0] < s[0]), 'order');
  return list;
}

// ---- §7: a word for what is wrong, or 'good'
const FULL = '("@method" "@authority" "@path" "@query" "content-digest" "content-type" "csh-to")';
const BARE = '("@method" "@authority" "@path" "@query" "csh-to")';
const ANSWER = '("@status" "content-digest" "content-type" "signature";req;key="cs")';
function parameters(input, signature, components) {
  const m = /^cs=(.*);created=([0-9]+);expires=([0-9]+);nonce="([A-Za-z0-9+/=]{24})";keyid="(cs1[a-z2-7]{52})\/auth";tag="commonshelf-v1"$/.exec(input);
  const s = /^cs=:([A-Za-z0-9+/=]+):$/.exec(signature);
  need(m && s && input.length <= 600 && m[1] === components, 'grammar');
  need(fromB64(m[4]).length === 16, 'nonce');
  const made = fromB64(s[1]);
  need(made.length === 64, 'signature');
  return { inner: input.slice(3), created: decimal(m[2], TIME_MAX), expires: decimal(m[3], TIME_MAX), nonce: m[4], node: nodeId(m[5]), signature: made };
}
const printable = (value) => need(/^[!-~]([ -~]{0,118}[!-~])?$/.test(value), 'a header value');
function timely(p, now) {
  need(p.expires > p.created && p.expires - p.created <= 300n, 'lifetime');
  return p.created > now + 300n ? 'not_yet' : p.expires + 300n < now ? 'expired' : null;
}
const digestOf = (body) => `sha-256=:${b64(sha256(body))}:`;
const digestForm = (value) => { const m = /^sha-256=:([A-Za-z0-9+/=]+):$/.exec(value); need(m && fromB64(m[1]).length === 32, 'digest'); };
export function verifyRequest(r, body, self, key, now) {
  try {
    const full = 'content_digest' in r, p = parameters(r.signature_input, r.signature, full ? FULL : BARE);
    if (full) { printable(r.content_type); digestForm(r.content_digest); }
    printable(r.csh_to);
    if (r.csh_to !== self) return 'recipient';
    const late = timely(p, now);
    if (late) return late;
    const lines = [['@method', r.method], ['@authority', r.authority], ['@path', r.path], ['@query', r.query || '?'],
      ...(full ? [['content-digest', r.content_digest], ['content-type', r.content_type]] : []), ['csh-to', r.csh_to], ['@signature-params', p.inner]];
    if (!signed(key, Buffer.from(lines.map(([n, v]) => `"${n}": ${v}`).join('\n')), p.signature)) return 'signature';
    if (full ? r.content_digest !== digestOf(body) : body.length > 0) return 'digest';
    return 'good';
  } catch (e) { return refusal(e); }
}
export function verifyResponse(r, body, from, nonce, requestSignature, key, now) {
  try {
    const p = parameters(r.signature_input, r.signature, ANSWER);
    printable(r.content_type); digestForm(r.content_digest);
    if (p.node !== from) return 'origin';
    if (p.nonce !== nonce) return 'recipient';
    const late = timely(p, now);
    if (late) return late;
    const base = `"@status": ${String(r.status).padStart(3, '0')}\n"content-digest": ${r.content_digest}\n"content-type": ${r.content_type}\n`
      + `"signature";req;key="cs": ${requestSignature}\n"@signature-params": ${p.inner}`;
    if (!signed(key, Buffer.from(base), p.signature)) return 'signature';
    return r.content_digest === digestOf(body) ? 'good' : 'digest';
  } catch (e) { return refusal(e); }
}
function refusal(e) {
  if (e.constructor.name !== 'Refused') throw e;
  return 'malformed';
}
export { refuse };
