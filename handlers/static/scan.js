// The page works without this file: it only spares the reader the reloads, and copies the link.
const main = document.querySelector("main");

async function look() {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (answer.status >= 500) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const { state, refresh } = fresh.querySelector("main").dataset;
  if (refresh) main.dataset.refresh = refresh;
  else delete main.dataset.refresh;
  if (state === main.dataset.state) return;
  main.dataset.state = state;
  document.title = fresh.title;
  for (const part of ["status", "next"])
    document.getElementById(part).replaceChildren(...fresh.getElementById(part).childNodes);
}

const wait = () => main.dataset.refresh && setTimeout(again, main.dataset.refresh * 1000);
const again = () => look().catch(() => {}).finally(wait);
wait();

const copy = navigator.clipboard && document.querySelector(".copy button");
if (copy) {
  copy.hidden = false;
  copy.onclick = async () => {
    await navigator.clipboard.writeText(copy.parentElement.querySelector("a").href);
    copy.textContent = copy.dataset.done;
  };
}
