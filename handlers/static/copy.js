// What is to be copied can be marked and copied without this file: it only spares the marking.
"use strict";

// A hidden place that is read aloud: a button that changes its own name is not, everywhere.
const told = document.createElement("p");
told.setAttribute("role", "status");
told.className = "unseen";
document.body.append(told);

function button(name, source, text) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = "Copy";
  made.setAttribute("aria-description", name);
  made.addEventListener("click", async () => {
    const copied = await navigator.clipboard.writeText(text()).then(() => true, () => false);
    // Who may not write to the clipboard has it marked, and copies it by hand.
    if (!copied) getSelection().selectAllChildren(source), source.select?.();
    made.textContent = copied ? "Copied" : "Marked";
    told.textContent = copied ? "Copied" : "It could not be copied, and is marked.";
    setTimeout(() => (made.textContent = "Copy", told.textContent = ""), 2000);
  });
  return made;
}

// Only pages that came over a safe way have a clipboard.
if (navigator.clipboard) {
  for (const secret of document.querySelectorAll("textarea.secret"))
    secret.after(button(secret.labels[0].textContent, secret, () => secret.value));
  for (const sample of document.querySelectorAll("figure.sample")) {
    const code = sample.querySelector("code");
    sample.append(button(sample.querySelector("pre").getAttribute("aria-label"), code, () => code.textContent));
  }
}
