// Talking to the server. A message is sent again with the same key until it is answered: it is handled once.

export class Refused extends Error {
  constructor(status, answer) {
    super(answer.error || "");
    this.status = status;
    this.answer = answer;
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
let word = "";

async function asked(path, options = {}) {
  const response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  const answer = await response.json().catch(() => ({}));
  if (answer.csrf) word = answer.csrf;
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

const post = (path, body) =>
  asked(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF": word },
    body: JSON.stringify(body),
  });

export const start = () => asked("api/start");
export const history = (before) => asked(`api/history?before=${before}`);
export const enter = (token) => post("api/enter", { token });

// key is a random word; crypto.randomUUID is missing where the page is not secure.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
}

export async function say(message, retried = () => {}) {
  for (let n = 0; ; n++) {
    try {
      return await post("api/say", message);
    } catch (fault) {
      const known = fault instanceof Refused;
      if (known && fault.status === 403 && n === 0) await start(); // another tab has been given another cookie
      else if (known && fault.status < 500) throw fault;
      else if (n >= 5) throw fault;
      else {
        retried();
        await pause(Math.min(1000 * 2 ** n, 8000));
      }
    }
  }
}

// The live stream. One tab of a browser holds it (the one looked at last) and tells the others, since browsers
// open few connections to one host; without the means for that, each visible tab has its own.
export function live(last, take, state) {
  const relay = "BroadcastChannel" in window ? new BroadcastChannel("study") : null;
  const shared = relay && navigator.locks;
  let source = null;
  let release = null;
  let again = 0;

  function open() {
    close();
    source = new EventSource(`api/stream?after=${last()}`);
    source.onopen = () => tell("online");
    source.onmessage = (event) => {
      const entry = JSON.parse(event.data);
      take(entry);
      if (shared) relay.postMessage({ entry });
    };
    source.onerror = () => {
      tell("offline");
      if (source && source.readyState === EventSource.CLOSED) {
        clearTimeout(again);
        again = setTimeout(open, 3000 + Math.random() * 4000);
      }
    };
  }

  function close() {
    clearTimeout(again);
    if (source) source.close();
    source = null;
  }

  function tell(what) {
    state(what);
    if (shared) relay.postMessage({ state: what });
  }

  async function hold(steal) {
    try {
      await navigator.locks.request("study-stream", { steal }, () => {
        open();
        return new Promise((done) => (release = done));
      });
    } catch {
      close();
      hold(false); // another tab took it; ours again when that one is gone
    }
  }

  if (shared) {
    relay.onmessage = ({ data }) => (data.entry ? take(data.entry) : state(data.state));
    hold(!document.hidden);
    document.addEventListener("visibilitychange", () => !document.hidden && !source && hold(true));
  } else {
    if (!document.hidden) open();
    document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  }
  window.addEventListener("online", () => source && open());
  window.addEventListener("pagehide", () => { close(); release?.(); });
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
}
