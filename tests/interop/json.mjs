// Strict JSON as SPEC.md §2 bounds it: a parser of its own, because JSON.parse keeps the last of two members.
import { need, refuse, utf8 } from './notes.mjs';

export function readJson(bytes, maxDepth = 16, maxMembers = 256) {
  const s = utf8(Buffer.from(bytes));
  let at = 0;
  const space = () => { while (at < s.length && ' \t\r\n'.includes(s[at])) at++; };
  const word = (text, value) => { need(s.startsWith(text, at), 'a word'); at += text.length; return value; };
  function string() {
    const m = /^"((?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"/u.exec(s.slice(at));
    need(m, 'a string');
    at += m[0].length;
    const value = JSON.parse(m[0]);
    need(value.isWellFormed ? value.isWellFormed() : !/[\ud800-\udfff]/u.test(value), 'a lone surrogate');
    need(!value.includes('\0'), 'NUL');
    return value;
  }
  function number() {
    const m = /^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/.exec(s.slice(at));
    need(m, 'a value');
    at += m[0].length;
    if (m[1] === undefined && m[2] === undefined) {
      const n = BigInt(m[0]);
      need(n >= -(2n ** 63n) && n < 2n ** 63n, 'beyond 64 bits');
      return { integer: n };
    }
    need(Number.isFinite(Number(m[0])), 'beyond doubles');
    return { real: Number(m[0]) };
  }
  function value(depth) {
    space();
    const c = s[at];
    if (c === '"') return string();
    if (c === 't') return word('true', true);
    if (c === 'f') return word('false', false);
    if (c === 'n') return word('null', null);
    if (c !== '{' && c !== '[') return number();
    need(depth < maxDepth, 'too deep');
    at++;
    const out = c === '{' ? new Map() : [], end = c === '{' ? '}' : ']';
    space();
    if (s[at] === end) { at++; return out; }
    for (;;) {
      if (c === '{') {
        space();
        const name = string();
        need(!out.has(name) && out.size < maxMembers, 'a member twice, or too many');
        space();
        word(':');
        out.set(name, value(depth + 1));
      } else {
        out.push(value(depth + 1));
      }
      space();
      if (s[at] === end) { at++; return out; }
      word(',');
    }
  }
  const out = value(0);
  space();
  need(at === s.length, 'something behind');
  return out;
}
export { refuse };
