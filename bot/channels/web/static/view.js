// Drawing the conversation. Everything said is a text node: nothing of it is ever read as markup.

const log = document.getElementById("log");
const older = document.getElementById("older");
const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
const WEEK = "日一二三四五六";
const drawn = new Set(); // ids of exchanges

export const view = { press: () => {}, own: new Set() };

export function make(tag, kind, ...inside) {
  const node = document.createElement(tag);
  if (kind) node.className = kind;
  node.append(...inside);
  return node;
}

export const isDrawn = (id) => drawn.has(id);

// ---- text

const TAG = { bold: "b", italic: "i", mark: "mark" };
const LINK = /(https?:\/\/[^\s，。；：？！”）》]+)/;

function pieces(text) {
  return text.split(LINK).map((part, n) => {
    if (n % 2 === 0) return part;
    const link = make("a", "", part);
    return aimed(link, part);
  });
}

function aimed(link, address) {
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function run([text, style]) {
  return style ? [make(TAG[style] || "span", "", text)] : pieces(text);
}

// The runs of each line.
function lines(runs) {
  const found = [[]];
  for (const [text, style] of runs)
    text.split("\n").forEach((part, n) => {
      if (n) found.push([]);
      if (part) found[found.length - 1].push([part, style]);
    });
  return found;
}

const bare = (runs) => runs.map(([text]) => text).join("");

function plainText(runs) {
  const box = make("div", "text");
  const [first, ...rest] = lines(runs);
  if (/ › (第 \d+\/\d+ 天|温故 \d+)$/.test(bare(first)) && rest.length) {
    box.append(make("span", "where", ...first.flatMap(run)), "\n");
    runs = rest.flatMap((line, n) => (n ? [["\n"], ...line] : line));
    while (runs[0] && !runs[0][0].trim()) runs.shift();
  }
  box.append(...runs.flatMap(run));
  return box;
}

function articleText(runs) {
  const box = make("div", "text");
  const all = lines(runs);
  const gap = all.findIndex((line) => !line.length);
  all.forEach((line, n) => {
    const said = bare(line);
    if (!said) return;
    const head = /^【(.*)】$/s.test(said);
    const node = n === 0 ? make("h2") : head ? make("h3") : make("p", n < gap ? "by" : "");
    node.append(...(head ? [said.slice(1, -1)] : line.flatMap(run)));
    box.append(node);
  });
  return box;
}

// ---- messages

function keys(rows, id) {
  const box = make("div", "keys");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "可以接着做");
  for (const row of rows || []) {
    const line = make("div", "row");
    for (const [label, says] of row) {
      let key;
      if (/^https?:\/\//.test(says)) key = aimed(make("a", "key", label), says);
      else {
        key = make("button", "key", label);
        key.type = "button";
        key.addEventListener("click", () => view.press(says, label, id, key));
      }
      line.append(key);
    }
    box.append(line);
  }
  return box;
}

function fill(node, reply, id, at) {
  const body = node.querySelector(".body");
  const bubble = make("div", "bubble");
  node.classList.toggle("article", !!reply.article);
  if (reply.text.length) bubble.append((reply.article ? articleText : plainText)(reply.text));
  for (const address of reply.images || []) {
    const picture = make("img");
    picture.alt = bare(reply.text).slice(0, 300) || "图片";
    picture.src = address;
    bubble.append(picture);
  }
  for (const [address, name] of reply.documents || []) {
    const link = make("a", "file", `⬇ ${name}`);
    link.href = address;
    link.download = name;
    bubble.append(link);
  }
  bubble.append(stamp(at));
  const below = (reply.rows || []).length ? [keys(reply.rows, id)] : [];
  body.replaceChildren(bubble, ...below);
}

function stamp(at) {
  const time = make("time", "", clock.format(at));
  time.dateTime = new Date(at).toISOString();
  return time;
}

function message(who, id, at) {
  const node = make("article", `msg ${who}`);
  node.setAttribute("aria-label", who === "me" ? "我" : "每日一学");
  if (id) node.id = `m${id}`;
  node.tabIndex = -1;
  if (who === "bot") {
    const face = make("span", "face", "学");
    face.setAttribute("aria-hidden", "true");
    node.append(face);
  }
  node.append(make("div", "body"));
  return node;
}

export function mine(text, at) {
  const node = message("me", "", at);
  node.querySelector(".body").append(make("div", "bubble", make("div", "text", text), stamp(at)));
  return node;
}

export function dots() {
  const node = message("bot", "typing", Date.now());
  node.setAttribute("aria-label", "正在输入");
  node.querySelector(".body").append(make("div", "bubble", make("span", "dots", make("i"), make("i"), make("i"))));
  return node;
}

// ---- exchanges

// Draw one exchange at the end, or put it before what is there (`into`: a fragment that is being built).
// Returns { nodes: what is new or changed, toast }.
export function draw(entry, into = log) {
  const result = { nodes: [], toast: "" };
  if (drawn.has(entry.id)) return result;
  drawn.add(entry.id);
  const day = section(into, entry.at);
  const quiet = entry.pressed && entry.replies.length && entry.replies.every((each) => each.edits || each.toast);
  if (entry.said !== null && !quiet) {
    const node = mine(entry.said, entry.at);
    day.append(node);
    result.nodes.push(node);
  }
  entry.replies.forEach((reply, n) => {
    if (entry.pressed && reply.toast) result.toast = reply.toast;
    if (entry.pressed && reply.edits) {
      const edited = { ...reply, text: reply.edited || reply.text, rows: reply.editedRows || reply.rows };
      result.nodes.push(put(day, entry.pressed, edited, entry.at, into));
    } else if (!(entry.pressed && reply.toast) && (reply.text.length || reply.images || reply.documents))
      result.nodes.push(put(day, `${entry.id}.${n}`, reply, entry.at, into));
    else if (!entry.pressed && reply.toast) result.toast = reply.toast;
  });
  return result;
}

// The message with this id, changed where it stands, or new at the end of the day.
function put(day, id, reply, at, into) {
  const there = document.getElementById(`m${id}`) || into.querySelector(`[id="m${id}"]`);
  if (there && into !== log) return there; // what stands in the log is newer than what is put before it
  const node = there || message("bot", id, at);
  fill(node, reply, id, at);
  if (!there) day.append(node);
  return node;
}

// Messages that the history does not keep.
export function drawLoose(replies) {
  const day = section(log, Date.now());
  const result = { nodes: [], toast: "" };
  replies.forEach((reply) => {
    if (!reply.text.length) return void (result.toast = reply.toast || "");
    const node = message("bot", "", Date.now());
    fill(node, reply, "", Date.now());
    day.append(node);
    result.nodes.push(node);
  });
  return result;
}

export function prepend(entries) {
  const box = document.createDocumentFragment();
  entries.forEach((entry) => draw(entry, box));
  const first = log.querySelector("section");
  const last = box.lastElementChild;
  if (first && last && first.dataset.day === last.dataset.day) {
    const sep = first.querySelector(".sep");
    sep.after(...[...last.children].slice(1));
    last.remove();
  }
  older.after(box);
}

export function clear() {
  drawn.clear();
  log.querySelectorAll("section, .hello, .door").forEach((each) => each.remove());
}

function section(into, at) {
  const date = new Date(at);
  const name = `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
  const last = [...into.children].filter((each) => each.tagName === "SECTION").pop();
  if (last && last.dataset.day === name) return last;
  const made = make("section", "", make("h2", "sep", dayName(date)));
  made.dataset.day = name;
  into.append(made);
  return made;
}

export function dayName(date, now = new Date()) {
  const days = Math.round((midnight(now) - midnight(date)) / 86400000);
  if (days === 0) return "今天";
  if (days === 1) return "昨天";
  const year = date.getFullYear() === now.getFullYear() ? "" : `${date.getFullYear()} 年 `;
  return `${year}${date.getMonth() + 1} 月 ${date.getDate()} 日（周${WEEK[date.getDay()]}）`;
}

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
