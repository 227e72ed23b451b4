// All that goes between this page and the server: the token, questions and answers, and the stream of frames.

const TOKEN = "glassnet-token", SESSION = "glassnet-session";

/** Takes the token out of the address, so that an address can be shared, and keeps it for reloads and other tabs. */
export function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return;
  localStorage.setItem(TOKEN, given);
  history.replaceState(null, "", location.pathname + location.search);
}

function headers() {
  const [token, session] = [localStorage.getItem(TOKEN), sessionStorage.getItem(SESSION)];
  return { "X-Glassnet-Token": token ?? "", "X-Glassnet-Session": session ?? "" };
}

/** What the server refused, in its own words; `field` is the control it is about, `lost` that nobody answered, and
 * `ended` that the process which was asked is gone. */
export class Refused extends Error {
  constructor(words, field = "", lost = false, ended = false) {
    super(words);
    this.field = field;
    this.lost = lost;
    this.ended = ended;
  }
}

async function answer(path, options) {
  let reply, content;
  try {
    reply = await fetch(path, { ...options, headers: { ...headers(), ...options.headers } });
    content = await reply.json();
  } catch {
    throw new Refused(`no answer (${reply?.status ?? "not there"})`, "", reply === undefined);
  }
  const { words = `answer ${reply.status}`, field, ended } = content.error ?? {};
  if (!reply.ok) throw new Refused(words, field ?? "", false, ended);
  return content;
}

const post = (path, content) =>
  answer(path, { method: "POST", body: JSON.stringify(content), headers: { "Content-Type": "application/json" } });

/** A session for this tab: the one it had before a reload, or a new one that begins with `address`. */
export async function begun(address) {
  const opened = await post("/session", { address, id: sessionStorage.getItem(SESSION) });
  sessionStorage.setItem(SESSION, opened.id);
  return opened;
}

/** Whether this tab had a session, which may be there still. */
export const returning = () => sessionStorage.getItem(SESSION) !== null;

/** The tab forgets its session: the next one is a new one. */
export const forget = () => sessionStorage.removeItem(SESSION);

export const command = (verb, details = {}) => post("/do", { do: verb, ...details });
export const lesson = (name) => answer(`/lesson/${encodeURIComponent(name)}`, {});
export const table = (file) => answer(`/table?name=${encodeURIComponent(file.name)}`, { method: "PUT", body: file });

/** Frames one by one until the stream ends or is aborted. */
export async function* frames(signal) {
  const reply = await fetch("/stream", { headers: headers(), signal });
  if (!reply.ok) throw new Refused((await reply.json().catch(() => ({}))).error?.words ?? `answer ${reply.status}`);
  const reader = reply.body.getReader();
  let kept = new Uint8Array(0);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    kept = joined(kept, value);
    while (kept.length >= 4) {
      const size = new DataView(kept.buffer, kept.byteOffset).getUint32(0, true);
      if (kept.length < 4 + size) break;
      yield decoded(kept.slice(4, 4 + size));
      kept = kept.subarray(4 + size);
    }
  }
}

function joined(first, second) {
  if (!first.length) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** A frame's head and its arrays: weights, the plane and the units' pictures as views of the bytes. */
function decoded(bytes) {
  if (!bytes.length) return null; // a sign of life
  const size = new DataView(bytes.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
  let at = 4 + size;
  const next = (count) => bytes.subarray(at, (at += count));
  const { w = 0, plane = 0, units = 0 } = head.counts ?? {};
  const weights = new Float32Array(next(4 * w).slice().buffer);
  return { head, weights, plane: next(plane), units: next(units) };
}
