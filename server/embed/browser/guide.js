// On `/embed/{slug}`: « Copier » for each snippet, and a preview as high as what it shows. Without this script the
// snippets are text to select.
for (const box of document.querySelectorAll('[data-snippet]')) {
  const text = box.querySelector('pre')?.textContent ?? '';
  const button = box.querySelector('button');
  const news = box.querySelector('[role=status]');
  if (button === null || news === null) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    // Emptied first, so that the same words are said again.
    news.textContent = '';
    const copied = await copy(box, text);
    news.textContent = copied ? button.dataset.copied : button.dataset.selected;
  });
}

/** False when the browser refuses its clipboard: the snippet is selected then, for Ctrl+C. */
async function copy(box, text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const pre = box.querySelector('pre');
    getSelection()?.selectAllChildren(pre);
    return false;
  }
}

window.addEventListener('message', (event) => {
  const frame = document.querySelector('iframe');
  if (event.origin !== location.origin || event.source !== frame?.contentWindow) return;
  if (event.data?.type === 'amisgest-pay-height') frame.height = String(event.data.height);
});
