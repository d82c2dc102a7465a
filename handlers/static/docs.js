// The page reads well without this: it folds entries on a small screen and finds in the contents.
"use strict";

const entries = [...document.querySelectorAll("details.entry")];
if (matchMedia("(max-width: 47.99rem)").matches) for (const one of entries) one.open = false;

// What an address leads to is opened, and everything around it.
function reveal() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let one = target.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();

const contents = document.querySelector("details.contents");
contents.addEventListener("click", (event) => {
  if (event.target.closest("a")) contents.open = false;
});

const column = document.querySelector("nav.column");
const find = document.getElementById("find");
find.parentElement.hidden = false;
const links = [...column.querySelectorAll("a")].map((link) => {
  const place = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const inner = link.parentElement.querySelector("ul");
  // A group is found by its own name; what is in it is found by all that it says.
  return { item: link.parentElement, text: `${link.textContent} ${inner ? "" : place.textContent}`.toLowerCase() };
});
find.addEventListener("input", () => {
  const wanted = find.value.trim().toLowerCase();
  for (const { item, text } of links) item.dataset.found = text.includes(wanted) ? "yes" : "no";
  for (const { item } of links) {
    const within = item.parentElement.closest("li");
    const shown = item.dataset.found === "yes" || item.querySelector('[data-found="yes"]') || within?.dataset.found === "yes";
    item.hidden = !shown;
  }
  column.querySelector(".nothing").hidden = links.some(({ item }) => !item.hidden);
});
