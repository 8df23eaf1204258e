#!/usr/bin/env node
// A second reader of the protocol, written from protocol/SPEC.md: holds itself against protocol/vectors.
//   tests/interop/read-vectors.mjs [DIRECTORY]          prints TAP
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import * as epochs from './epochs.mjs';
import * as logs from './logs.mjs';
import * as notes from './notes.mjs';
import * as say from './statements.mjs';
import * as witnesses from './witnesses.mjs';
import { readRecord } from './records.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const directory = process.argv[2] ?? join(top, 'protocol', 'vectors');
const raw = (text) => Buffer.from(text, 'base64');
const words = [...readFileSync(join(top, 'protocol', 'wordlist.h'), 'utf8').matchAll(/"([a-z]+)"/g)].map((m) => m[1]);
// What `f` gives, or null where it refuses. Anything else that goes wrong is this program's fault.
const attempt = (f) => {
  try { return f(); } catch (e) { if (e instanceof notes.Refused) return null; throw e; }
};
const holds = (f) => attempt(f) !== null;
const leafNumber = (i) => { const b = Buffer.alloc(4); b.writeUInt32BE(i); return logs.leaf(b); };
const leaves = (n) => Array.from({ length: n }, (_, i) => leafNumber(i));
const hash = (text) => raw(text);

const topics = {
  encodings(c) {
    const read = { base64: notes.fromB64, base64url: notes.fromB64url, base32: notes.fromB32, hex: notes.fromHex };
    if (c.as === 'decimal') return String(attempt(() => notes.decimal(c.text, BigInt(c.max)))) === (c.value ?? 'null');
    const got = attempt(() => read[c.as](c.text));
    return 'hex' in c ? got?.toString('hex') === c.hex : got === null || (c.text === '' && got.length === 0);
  },
  notes(c) {
    const key = { name: c.key.name, type: c.key.type, key: raw(c.key.public) };
    const note = attempt(() => notes.readNote('note' in c ? c.note : raw(c.note_base64)));
    if (!note) return c.expect === 'malformed';
    const found = attempt(() => notes.verifyNote(note, key));
    if (found === 'absent') return c.expect === 'absent';
    return found ? c.expect === 'verified' && (!('time' in c) || found.time === BigInt(c.time)) : c.expect === 'refused';
  },
  keysets(c) {
    const got = attempt(() => say.readChain(c.chain));
    return (got?.node ?? null) === (c.node ?? null) && (!c.words || say.checkWords(c.node, c.with, words) === c.words);
  },
  profiles(c) {
    if ('url' in c) return say.isOrigin(c.url) === c.good;
    if ('shelf' in c) return say.shelfName(c.shelf) === c.good;
    return holds(() => say.readProfile(c.note, c.node, say.readKeyset(c.keyset))) === c.good;
  },
  contact(c) {
    if ('link' in c) {
      const i = attempt(() => say.readInvite(c.link));
      return c.url ? i?.url === c.url && i.node === c.node && i.secret.toString('hex') === c.secret && notes.b64(i.name) === c.invite_name : i === null;
    }
    const hello = attempt(() => say.readHello(c.note));
    if (!hello) return c.expect === 'malformed';
    if (!say.helloMac(hello, c.side, Buffer.from(c.secret, 'hex')).equals(hello.mac)) return c.expect === 'mac';
    const key = { name: `${hello.from}/auth`, type: 1, key: say.readKeyset(c.keyset).auth };
    return holds(() => notes.mustVerify(hello.note, key)) ? c.expect === 'good' : c.expect === 'signature';
  },
  requests(c) {
    const key = raw(c.key), body = raw(c.body), now = BigInt(c.now);
    return c.expect === (c.request ? say.verifyRequest(c.request, body, c.to, key, now)
      : say.verifyResponse(c.response, body, c.from, c.nonce, c.request_signature, key, now));
  },
  frames(c) {
    const got = attempt(() => logs.readFrames(raw(c.body)));
    return c.frames ? got !== null && isDeepStrictEqual(got.map(([t, d]) => [t, notes.sha256(d).toString('hex')]), c.frames) : got === null;
  },
  records: (c) => holds(() => readRecord(c.payload)) === c.good,
  entries(c) {
    if ('entry' in c) {
      const bytes = Buffer.from(c.entry, 'hex'), e = attempt(() => logs.readEntry(bytes));
      if (c.malformed) return e === null;
      return e?.op === c.op && e.salt.toString('hex') === c.salt && notes.b64(logs.leaf(bytes)) === c.leaf && (c.payload === null || e.payload.toString() === c.payload);
    }
    const items = attempt(() => logs.readBundle(raw(c.bundle)));
    if (c.malformed) return items === null;
    return items !== null && isDeepStrictEqual(items.map((i) => notes.b64(i.leaf)), c.leaves)
      && isDeepStrictEqual(items.flatMap((i, n) => (i.entry ? [] : [n])), c.redacted);
  },
  epochs(c) {
    if ('entries' in c) return isDeepStrictEqual(epochs.liveOf(c.entries.map((e) => Buffer.from(e, 'hex')), c.epoch), c.live);
    if ('at' in c) return attempt(() => epochs.readRedaction(c.redaction, c.epoch, c.at)) === (c.index ?? null);
    return holds(() => epochs.readBeginning(c.begin, c.epoch)) === c.good;
  },
  trees(c) {
    if ('path' in c) {
      const t = attempt(() => logs.readTilePath(c.path));
      return isDeepStrictEqual(t, c.tile ?? null) && (!('in' in c) || logs.tileIn(t, c.size) === c.in);
    }
    const p = c.inclusion ?? c.consistency;
    if (c.inclusion) return logs.included(p.index, p.size, leafNumber(p.index), p.proof.map(hash), hash(p.root)) === c.good;
    if (c.consistency) return logs.consistent(p.old_size, hash(p.old_root), p.size, hash(p.root), p.proof.map(hash)) === c.good;
    return notes.b64(logs.rootOf(leaves(c.size))) === c.root;
  },
  checkpoints(c) {
    const got = attempt(() => say.readCheckpoint(c.note, c.origin, c.node, say.readKeyset(c.keyset)));
    return c.refused ? got === null : got?.size === BigInt(c.size) && notes.b64(got.root) === c.root && got.time === BigInt(c.time);
  },
  witnesses(c) {
    if ('seen' in c) {
      const got = attempt(() => witnesses.readSeen(c.seen, c.node, say.readKeyset(c.keyset)));
      if (!c.logs) return got === null;
      return got?.time === BigInt(c.time) && isDeepStrictEqual(got.logs.map((l) => ({ ...l, size: Number(l.size), root: notes.b64(l.root), time: Number(l.time), applied: Number(l.applied) })), c.logs);
    }
    if ('ask' in c) {
      const got = attempt(() => witnesses.readAsk(c.ask));
      return 'old' in c ? got?.old === BigInt(c.old) && got.hashes.length === c.hashes && got.origin === c.origin && got.size === BigInt(c.size) : got === null;
    }
    const got = attempt(() => witnesses.readEvidence(raw(c.evidence)));
    return c.proves ? got?.node === c.node && got.proves === c.proves : got === null;
  },
  charters(c) {
    const got = attempt(() => say.readCharters(c.chain));
    return (got?.id ?? null) === (c.charter ?? null) && (!got || isDeepStrictEqual(got.members, c.members));
  },
  shelves: (c) => isDeepStrictEqual(attempt(() => say.readShelves(c.text, c.node)), c.shelves ?? null),
};

console.log(`1..${Object.keys(topics).length}`);
let number = 0, failed = 0;
for (const [topic, check] of Object.entries(topics)) {
  const { cases } = JSON.parse(readFileSync(join(directory, `${topic}.json`), 'ascii'));
  const bad = cases.filter((c) => {
    try { return !check(c); } catch (e) { console.log(`# ${c.name}: ${e.stack}`); return true; }
  });
  number++;
  failed += bad.length > 0 || cases.length === 0;
  console.log(`${bad.length || !cases.length ? 'not ok' : 'ok'} ${number} - ${cases.length} cases of ${topic}`);
  for (const c of bad) console.log(`# not so: ${c.name}`);
}
process.exitCode = failed ? 1 : 0;
