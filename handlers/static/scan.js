// The pages work without this file: it only spares the reader the reloads, counts the seconds down,
// copies the link, and says so when this browser has no camera.
const main = document.querySelector("main");
const PARTS = ["figure", "status", "next"];
const SILENCE = 5000; // A stream that has said nothing by then is held back on its way.
let stream, timer, ends, looking;

function follow() {
  const { live, every } = main.dataset;
  if (live && window.EventSource) listen(live);
  else if (every) poll();
}

function listen(url) {
  const mine = (stream = new EventSource(url));
  const giveUp = () => mine === stream && (rest(), poll());
  timer = setTimeout(giveUp, SILENCE);
  mine.addEventListener("state", (event) => {
    clearTimeout(timer);
    const { state, seconds_left } = JSON.parse(event.data);
    if (state === main.dataset.state) count(seconds_left);
    else reach(state, mine);
  });
  // When it is only cut, the browser asks again by itself.
  mine.onerror = () => mine.readyState === EventSource.CLOSED && giveUp();
}

async function reach(state, told) {
  await look();
  // That look may have begun before the news.
  if (state !== main.dataset.state) await look();
  if (state !== main.dataset.state && told === stream)
    timer = setTimeout(() => reach(state, told), main.dataset.every * 1000);
}

function poll() {
  const { every } = main.dataset;
  if (every) timer = setTimeout(() => look().then(() => stream || poll()), every * 1000);
}

function rest() {
  stream?.close();
  stream = null;
  clearTimeout(timer);
}

// One look at a time, and a look that fails is none.
const look = () => (looking ??= fetchPage().catch(() => {}).finally(() => (looking = null)));

async function fetchPage() {
  const answer = await fetch(main.dataset.look, { cache: "no-store" });
  if (answer.status >= 500) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = fresh.querySelector("main");
  const { state } = main.dataset;
  for (const name of ["look", "live", "every", "state"])
    if (name in next.dataset) main.dataset[name] = next.dataset[name];
    else delete main.dataset[name];
  if (next.dataset.state !== state) show(fresh);
  else count(next.querySelector("[data-left]")?.dataset.left);
  if (!next.dataset.live) rest();
}

function show(fresh) {
  document.title = fresh.title;
  const held = document.getElementById("next").contains(document.activeElement);
  for (const part of PARTS)
    document.getElementById(part).replaceChildren(...fresh.getElementById(part).childNodes);
  prepare();
  // Whoever was on a button that is gone goes on from the new headline.
  if (held) {
    const headline = main.querySelector("h1");
    headline.tabIndex = -1;
    headline.focus();
  }
}

function count(left) {
  ends = left == null ? null : Date.now() + left * 1000;
}

function tick() {
  const shown = main.querySelector("[data-left]");
  if (!shown || ends == null) return;
  const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
  shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

function prepare() {
  count(main.querySelector("[data-left]")?.dataset.left);
  for (const button of main.querySelectorAll("[data-done]")) button.hidden = false;
  const camera = document.getElementById("camera");
  // Without a secure context no browser shows a camera, and the scan has a page of its own.
  if (camera?.dataset.title && window.isSecureContext && !navigator.mediaDevices?.getUserMedia) {
    camera.querySelector("h2").textContent = camera.dataset.title;
    camera.querySelector("p").textContent = camera.dataset.text;
    camera.className = "advice";
    main.querySelector(".consent").before(camera);
  }
}

async function copy(button) {
  const link = button.parentElement.querySelector("input");
  link.select();
  const copied = navigator.clipboard
    ? await navigator.clipboard.writeText(link.value).then(() => true, () => false)
    : false;
  if (copied || document.execCommand("copy")) button.textContent = button.dataset.done;
}

main.addEventListener("click", (event) => {
  if (event.target.dataset.done) copy(event.target);
  else if (event.target.matches(".copy input")) event.target.select();
});
main.addEventListener("submit", (event) => {
  const button = event.target.querySelector("[data-pressed]");
  if (button.getAttribute("aria-disabled")) return event.preventDefault();
  button.setAttribute("aria-disabled", "true");
  button.textContent = button.dataset.pressed;
  rest();
});
// A phone that slept may have slept through the news.
document.addEventListener("visibilitychange", () => document.hidden || (stream && look()));
// Back from the scan by the browser's own button: what was kept of this page is old.
addEventListener("pageshow", (event) => event.persisted && location.reload());
addEventListener("pagehide", rest);

setInterval(tick, 250);
prepare();
follow();
