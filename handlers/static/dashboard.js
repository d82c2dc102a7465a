// The dashboard works without this file: it only looks again when something has changed.
// Regions marked `data-live`, each with an id, are taken from a fresh copy of the same page.
const pulse = document.getElementById("pulse");

function say(text, state) {
  pulse.hidden = false;
  pulse.dataset.state = state;
  if (pulse.textContent !== text) pulse.textContent = text;
}

// Where the focus is, as it can be found again in a region that was replaced.
function place(region, focused) {
  if (!region.contains(focused)) return null;
  if (focused.id) return () => document.getElementById(focused.id);
  const same = (one) => one.outerHTML === focused.outerHTML;
  const number = [...region.querySelectorAll(focused.tagName)].filter(same).indexOf(focused);
  return () => [...region.querySelectorAll(focused.tagName)].filter(same)[number];
}

// Only what differs: whoever reads, points or listens to the rest keeps their place.
function patch(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
  if (old.nodeType !== Node.ELEMENT_NODE) return (old.data = fresh.data);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  let next = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const found = same(next, wanted);
    if (!found) {
      old.insertBefore(wanted, next);
      continue;
    }
    while (next !== found) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
    next = found.nextSibling;
    patch(found, wanted);
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}

// A row is the same by its key, wherever it stands; all else by its place between such rows.
const key = (one) => one.id || one.dataset?.key;

function same(from, wanted) {
  for (let one = from; one; one = one.nextSibling) {
    if (one.nodeName === wanted.nodeName && key(one) === key(wanted)) return one;
    if (!key(wanted) && key(one)) return null;
  }
  return null;
}

function renew(region, fresh) {
  const opened = [...region.querySelectorAll("details[open][id]")].map((one) => one.id);
  for (const id of opened) fresh.querySelector(`details[id="${CSS.escape(id)}"]`)?.setAttribute("open", "");
  if (region.innerHTML === fresh.innerHTML) return;
  const focused = document.activeElement;
  // What somebody is typing, or marking to copy it, is not taken from under their hands.
  if (region.contains(focused) && focused.matches("input, textarea, select")) return;
  const marked = getSelection();
  if (!marked.isCollapsed && marked.containsNode(region, true)) return;
  const again = place(region, focused);
  const scrolled = [...region.querySelectorAll("[id]")].map((one) => [one.id, one.scrollLeft, one.scrollTop]);
  patch(region, fresh);
  for (const [id, left, top] of scrolled) {
    const one = (left || top) && document.getElementById(id);
    if (one) [one.scrollLeft, one.scrollTop] = [left, top];
  }
  again?.()?.focus({ preventScroll: true });
}

const EVERY = 15000;
let looking = false;
let asked = false;

async function look() {
  if (looking) {
    asked = true;
    return;
  }
  looking = true;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    // The session is over: the login says so.
    if (answer.redirected) return location.reload();
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const region of document.querySelectorAll("[data-live]")) {
        const copy = fresh.getElementById(region.id);
        if (copy) renew(region, copy);
      }
      soon(fresh);
    }
  } finally {
    looking = false;
  }
  if (asked) {
    asked = false;
    await look();
  }
}

// A page that says it has not counted everything yet is looked at again.
const soon = (page) => page.querySelector("[data-soon]") && setTimeout(() => paused || again(), 1000);
const again = () => look().catch(() => {});

let source = null;

function follow() {
  source?.close();
  source = new EventSource(document.body.dataset.events);
  source.addEventListener("change", again);
  source.addEventListener("open", () => say("Live", "on"));
  source.addEventListener("over", () => location.reload());
  source.addEventListener("error", ({ target }) => {
    say("Reconnecting", "off");
    // After an answer that is no stream it does not come again by itself.
    if (target.readyState === EventSource.CLOSED) setTimeout(() => target === source && follow(), 5000);
  });
}

function rest() {
  source?.close();
  source = null;
}

// What moves by itself can be held still.
const pause = document.getElementById("pause");
let paused = false;

function hold() {
  paused = !paused;
  pause.textContent = paused ? "Go on" : "Pause";
  if (!paused) return follow(), again();
  rest();
  say("Paused", "off");
}

// What was said once is not said again by a reload.
if (new URLSearchParams(location.search).has("notice")) {
  const clean = new URL(location.href);
  clean.searchParams.delete("notice");
  history.replaceState(null, "", clean);
}
// A page that answers a form cannot be asked for again, and is not followed.
if (pulse && document.body.dataset.events && document.querySelector("[data-live]")) {
  follow();
  soon(document);
  // A page that nobody sees hears nothing: a browser has few connections for all of its tabs.
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : paused || follow()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", ({ persisted }) => persisted && !paused && follow());
  // Times grow older, even when nothing changes.
  setInterval(() => document.hidden || paused || again(), EVERY);
  pause.addEventListener("click", hold);
  pause.hidden = false;
}
