// What a script adds to the gallery, which works without: a prompt is copied with one press, addresses stay short.

/** @param {HTMLElement} from */
async function copyText(from) {
  const text = from.textContent ?? "";
  // The clipboard is there in secure contexts only; without TLS the old way is the only one.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  getSelection()?.selectAllChildren(from);
  if (!document.execCommand("copy")) throw new Error("The browser did not copy.");
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  const label = button.textContent;
  const prompt = document.getElementById(button.dataset.copy ?? "");
  const status = document.querySelector("[data-copied]");
  if (!prompt) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const words = await copyText(prompt).then(
      () => "Copied",
      () => "Select it to copy",
    );
    button.textContent = words;
    if (status) status.textContent = words;
    setTimeout(() => {
      button.textContent = label;
      if (status) status.textContent = "";
    }, 2_000);
  });
}

// What was not filled in needs no place in the address.
document.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});
