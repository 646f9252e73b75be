// The page: what is typed and pressed goes out, what comes in is drawn, in whatever order the two happen.

import * as menu from "./menu.js";
import * as net from "./net.js";
import { clear, dots, draw, drawLoose, isDrawn, make, mine, prepend, view } from "./view.js";

const $ = (id) => document.getElementById(id);
const log = $("log");
const box = $("say");
const NOTICE = 3000; // milliseconds a notice stands
const waiting = new Map(); // key → the bubble that stands for it until it is answered
let last = 0;
let first = 0; // the oldest exchange that is drawn
let unread = 0;
let line = "online";
let fading = 0;

// ---- what the person sees

function nearEnd() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 120;
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
  $("down").hidden = true;
}

// New messages come into view: a hit in the middle, a long text at its beginning.
function reveal(nodes) {
  const hit = nodes.map((each) => each.querySelector(".article mark, .text mark")).find(Boolean);
  const long = nodes.find((each) => each.classList.contains("bot"));
  if (hit && hit.closest(".article")) return hit.scrollIntoView({ block: "center" });
  toEnd();
  if (long && long.getBoundingClientRect().top < log.getBoundingClientRect().top) long.scrollIntoView({ block: "start" });
}

function notice(text) {
  const toast = $("toast");
  toast.textContent = text;
  toast.classList.add("on");
  clearTimeout(fading);
  fading = setTimeout(() => toast.classList.remove("on"), NOTICE);
}

let typing = null;
let late = 0;

function state() {
  const busy = [...waiting.values()].some((each) => !each.failed);
  $("state").textContent = line === "offline" ? "连接断了，正在重连…" : busy ? "正在输入…" : "在线";
  log.setAttribute("aria-busy", String(busy));
  clearTimeout(late);
  if (!busy) {
    typing?.remove();
    typing = null;
  } else if (!typing)
    late = setTimeout(() => {
      typing = dots();
      const end = nearEnd();
      log.append(typing);
      if (end) toEnd();
    }, 250);
}

function title() {
  document.title = unread ? `（${unread}）每日一学` : "每日一学";
}

// ---- what comes in

function take(entry) {
  last = Math.max(last, entry.id);
  if (isDrawn(entry.id)) return [];
  log.querySelectorAll(".hello").forEach((each) => each.remove());
  const own = view.own.has(entry.key);
  settle(entry.key);
  const bottom = nearEnd();
  const end = bottom || own;
  const focused = document.activeElement;
  const label = focused?.classList.contains("key") ? focused.textContent : "";
  const holder = label ? focused.closest(".msg")?.id : "";
  const { nodes, toast } = draw(entry);
  for (const each of waiting.values()) if (each.node.isConnected) log.append(each.node);
  if (typing?.isConnected) log.append(typing);
  if (own && toast) notice(toast);
  if (holder && !focused.isConnected) refocus(holder, label);
  if (own && entry.pressed) {
    const changed = nodes.find((each) => each.id === `m${entry.pressed}`);
    const added = nodes.filter((each) => each !== changed);
    if (added.length) reveal(added);
    else if (changed && bottom && changed.offsetHeight < log.clientHeight) toEnd();
    else if (changed) reach(changed);
  } else if (end) reveal(nodes);
  else if (nodes.length) $("down").hidden = false;
  if (document.hidden && entry.said === null) {
    unread++;
    title();
  }
  return nodes;
}

// An edited message: its beginning must be in sight.
function reach(node) {
  const hit = node.querySelector(".article mark");
  if (hit) return hit.scrollIntoView({ block: "center" });
  const top = node.getBoundingClientRect().top - log.getBoundingClientRect().top;
  if (top < 0) node.scrollIntoView({ block: "start" });
  else if (node.getBoundingClientRect().bottom > log.getBoundingClientRect().bottom)
    node.scrollIntoView({ block: node.offsetHeight > log.clientHeight ? "start" : "end" });
}

// A pressed button is drawn anew by its answer: the keyboard goes on where it was.
function refocus(holder, label) {
  const node = $(holder);
  const keys = node ? [...node.querySelectorAll(".key")] : [];
  (keys.find((each) => each.textContent === label) || keys[0] || node)?.focus({ preventScroll: true });
}

function settle(key) {
  const found = waiting.get(key);
  if (!found) return;
  found.node.remove();
  waiting.delete(key);
  state();
}

// ---- what goes out

async function say(text, label = "", pressed = "", button = null) {
  if (!text.trim()) return;
  const key = net.newKey();
  view.own.add(key);
  $("toast").classList.remove("on");
  const node = mine(label || text, Date.now());
  node.classList.add("pending");
  waiting.set(key, { node });
  if (!pressed) {
    log.querySelectorAll(".hello").forEach((each) => each.remove());
    log.append(node);
    toEnd();
  }
  button?.setAttribute("aria-disabled", "true"); // not `disabled`: that would take the keyboard away
  state();
  await sent({ text, key, pressed, label, after: last }, node);
  button?.removeAttribute("aria-disabled");
}

async function sent(message, node) {
  const key = message.key;
  try {
    const answer = await net.say({ ...message, after: last }, () => {
      line = "offline";
      state();
    });
    line = "online";
    answer.entries.forEach(take);
    if (answer.empty) {
      clear();
      last = 0;
    }
    const mute = waiting.has(key) && !answer.loose.length;
    if (mute) return failed(message, node, "没有处理");
    if (waiting.has(key)) {
      const told = mine(message.label || message.text, Date.now());
      settle(key);
      if (!message.pressed) log.append(told);
    }
    if (answer.loose.length) {
      const { nodes, toast } = drawLoose(answer.loose);
      if (toast) notice(toast);
      reveal(nodes);
    }
  } catch (fault) {
    if (!(fault instanceof net.Refused)) return failed(message, node, "没发出去");
    failed(message, node, fault.message || "没发出去");
    if (fault.status === 401) door(fault.message);
  } finally {
    state();
  }
}

// What did not arrive stays, with the reason and a way to try again.
function failed(message, node, why) {
  const found = waiting.get(message.key);
  if (!found) return;
  found.failed = true;
  if (message.pressed) {
    waiting.delete(message.key);
    return notice(why);
  }
  const again = make("button", "", "重发");
  again.type = "button";
  const note = make("p", "note", `${why} `, again);
  again.addEventListener("click", () => {
    waiting.delete(message.key);
    node.remove();
    say(message.text, message.label);
  });
  node.querySelector(".body").append(note);
  toEnd();
}

// ---- the page comes up

function hello() {
  const begin = make("button", "big", "开始");
  begin.type = "button";
  begin.addEventListener("click", () => say("/start", "开始"));
  const face = make("span", "face", "学");
  face.setAttribute("aria-hidden", "true");
  log.append(make("div", "hello", face, make("p", "", "每天一段，两分钟读完。"), begin));
}

function door(text) {
  clear();
  $("form").hidden = true;
  $("state").textContent = "还没有进来";
  log.append(make("p", "door", text));
}

async function begin() {
  let opening;
  let denied = "";
  const token = /^#in=(.+)$/.exec(location.hash)?.[1];
  if (token) {
    history.replaceState(null, "", location.pathname);
    await net.start().catch(() => {}); // for the cookie and the csrf word
    await net.enter(token).catch((fault) => (denied = fault.message || "没连上，请再点一次链接。"));
  }
  for (let n = 0; ; n++) {
    try {
      opening = await net.start();
      break;
    } catch (fault) {
      if (fault instanceof net.Refused && fault.status === 401) return door(denied || fault.message);
      $("state").textContent = "连接断了，正在重连…";
      await new Promise((done) => setTimeout(done, Math.min(1000 * 2 ** n, 15000)));
    }
  }
  clear();
  $("form").hidden = false;
  opening.entries.forEach((entry) => draw(entry));
  last = opening.last;
  first = opening.entries[0]?.id || 0;
  $("older").hidden = !opening.more;
  if (!opening.entries.length) hello();
  if (denied) notice(denied);
  toEnd();
  menu.setUp(opening.menu, (text, label) => say(text, label));
  state();
  net.live(
    () => last,
    take,
    (now) => {
      line = now;
      state();
    },
  );
  if (matchMedia("(pointer: fine)").matches) box.focus();
  document.documentElement.dataset.ready = "yes";
}

view.press = (says, label, id, button) => button.ariaDisabled !== "true" && say(says, label, id, button);

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = box.value;
  box.value = "";
  grow();
  menu.hide();
  say(text);
});

box.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return; // an input method is choosing its word
  if (menu.key(event)) return event.preventDefault();
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    $("form").requestSubmit();
  }
});

function grow() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

box.addEventListener("input", grow);
$("down").addEventListener("click", toEnd);
log.addEventListener("scroll", () => nearEnd() && ($("down").hidden = true));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  title();
});
$("older").addEventListener("click", async () => {
  const before = await net.history(first).catch(() => null);
  if (!before) return notice("没连上，请再点一次。");
  const height = log.scrollHeight;
  prepend(before.entries);
  first = before.entries[0]?.id || first;
  $("older").hidden = !before.more;
  log.scrollTop += log.scrollHeight - height;
});

begin();
