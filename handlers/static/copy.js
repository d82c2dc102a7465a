// What is shown once can be marked and copied without this file: it only spares the marking.
for (const secret of document.querySelectorAll("textarea.secret")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy ${secret.labels[0].textContent}`);
  button.onclick = async () => {
    await navigator.clipboard.writeText(secret.value);
    button.textContent = "Copied";
  };
  secret.after(button);
}
