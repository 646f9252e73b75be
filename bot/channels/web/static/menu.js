// The command menu: opens on "/" or by its button, is narrowed by what is typed, and is worked by keys alone.

import { make } from "./view.js";

const list = document.getElementById("menu");
const box = document.getElementById("say");
const button = document.getElementById("open");
let commands = [];
let chosen = -1;
let send = () => {};

export function setUp(menu, say) {
  commands = menu;
  send = say;
  box.addEventListener("input", () => (box.value.startsWith("/") || box.value.startsWith("／") ? show(box.value.slice(1)) : hide()));
  button.addEventListener("click", () => {
    if (!list.hidden) return hide();
    show("");
    box.focus();
  });
  document.addEventListener("click", (event) => {
    if (!list.contains(event.target) && event.target !== button && event.target !== box) hide();
  });
}

function show(typed) {
  const word = typed.trim().toLowerCase();
  const found = commands.filter(([name, about]) => name.slice(1).startsWith(word) || about.includes(typed.trim()));
  list.replaceChildren(
    ...found.map(([name, about], n) => {
      const item = make("li", "", make("b", "", about), make("span", "", name));
      item.id = `c${n}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => pick(name, about));
      return item;
    }),
  );
  list.hidden = !found.length;
  button.setAttribute("aria-expanded", String(!list.hidden));
  choose(-1);
}

export function hide() {
  list.hidden = true;
  button.setAttribute("aria-expanded", "false");
  choose(-1);
}

function choose(n) {
  chosen = n;
  [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === n)));
  const item = list.children[n];
  if (item) {
    box.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  } else box.removeAttribute("aria-activedescendant");
}

function pick(name, about) {
  hide();
  box.value = "";
  send(name, about);
  box.focus();
}

// Whether the menu took this key.
export function key(event) {
  if (list.hidden) return false;
  const count = list.children.length;
  if (event.key === "ArrowDown") choose((chosen + 1) % count);
  else if (event.key === "ArrowUp") choose((chosen <= 0 ? count : chosen) - 1);
  else if (event.key === "Escape") hide();
  else if (event.key === "Enter" && chosen >= 0) list.children[chosen].click();
  else if (event.key === "Tab" && !event.shiftKey && (chosen >= 0 || count === 1)) {
    box.value = `${list.children[Math.max(chosen, 0)].querySelector("span").textContent} `;
    hide();
  } else return false;
  return true;
}
