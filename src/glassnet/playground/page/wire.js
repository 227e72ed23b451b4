// All that goes between this page and the server: the token, questions and answers, and the stream of frames.

const TOKEN = "glassnet-token", SESSION = "glassnet-session", SILENT = 10_000; // milliseconds

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
 * `ended` that the process which was asked is gone, of which there is news. */
export class Refused extends Error {
  constructor(words, more) {
    super(words);
    Object.assign(this, more);
  }
}

/** The reply to a question, where it is none of a refusal. */
async function asked(path, options) {
  const reply = await fetch(path, { ...options, headers: headers() }).catch(() => {
    throw new Refused("no answer", { lost: true });
  });
  if (reply.ok) return reply;
  const { words = `answer ${reply.status}`, ...more } = (await reply.json().catch(() => ({}))).error ?? {};
  throw new Refused(words, more);
}

async function answer(path, options) {
  const reply = await asked(path, options);
  return reply.json().catch(() => {
    throw new Refused("no answer", { lost: true });
  });
}

export const command = (verb, details = {}) =>
  answer("/do", { method: "POST", body: JSON.stringify({ do: verb, ...details }) });
export const table = (file) => answer(`/table?name=${encodeURIComponent(file.name)}`, { method: "PUT", body: file });

/** What this tab's session is told, frame by frame, until that ends or is aborted. With an address, "" for none, a
 * session that is not there begins; undefined only finds the one that the tab had. */
export async function* frames(address, signal) {
  const body = JSON.stringify({ address, id: sessionStorage.getItem(SESSION) });
  const reply = await Promise.race([asked("/session", { method: "POST", body, signal }), silence()]);
  const reader = reply.body.getReader();
  let kept = new Uint8Array(0);
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), silence()]);
      if (done) return;
      kept = joined(kept, value);
      while (kept.length >= 4) {
        const size = new DataView(kept.buffer, kept.byteOffset).getUint32(0, true);
        if (kept.length < 4 + size) break;
        const frame = decoded(kept.slice(4, 4 + size));
        if (frame?.head.session) sessionStorage.setItem(SESSION, frame.head.session);
        yield frame;
        kept = kept.subarray(4 + size);
      }
    }
  } finally {
    reader.cancel().catch(() => undefined); // it is broken already
  }
}

/** Fails where not even a sign of life comes, of which there is one a second. */
const silence = () => new Promise((_, fail) => setTimeout(fail, SILENT, new Refused("no answer", { lost: true })));

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
