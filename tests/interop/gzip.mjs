// One gzip member (RFC 1952) and nothing behind it; bounded.
import { inflateRawSync } from 'node:zlib';
import { need, refuse } from './notes.mjs';

const table = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n >>> 0;
});
export const crc32Of = (bytes) => (bytes.reduce((c, b) => table[(c ^ b) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

export function inflateMember(gz, max) {
  need(gz.length >= 18 && gz.readUInt16BE(0) === 0x1f8b && gz[2] === 8 && (gz[3] & 0xe0) === 0, 'no gzip');
  let at = 10;
  if (gz[3] & 4) at += 2 + gz.readUInt16LE(at);
  for (const flag of [8, 16]) if (gz[3] & flag) at = gz.indexOf(0, at) + 1;
  if (gz[3] & 2) at += 2;
  let result;
  try {
    result = inflateRawSync(gz.subarray(at), { maxOutputLength: max, info: true });
  } catch (e) { refuse(`not inflated: ${e.code}`); }
  const raw = result.buffer, end = at + result.engine.bytesWritten;
  need(end + 8 === gz.length, 'cut, or something behind');
  need(gz.readUInt32LE(end) === crc32Of(raw) && gz.readUInt32LE(end + 4) === raw.length >>> 0, 'checksum');
  return raw;
}
