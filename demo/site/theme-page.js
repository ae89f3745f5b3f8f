// Puts what is chosen on the widget, and writes it down as CSS.
const form = document.querySelector('#theme');
const element = document.querySelector('amisgest-pay');

function show() {
  const lines = [];
  for (const box of form.querySelectorAll('[name]')) {
    const isDefault = box.value === '' || box.value === box.defaultValue;
    element.style.setProperty(box.name, box.value);
    if (box.name === 'color-scheme') document.documentElement.style.colorScheme = box.value || 'light dark';
    if (!isDefault || (box.type === 'color' && box.value !== '')) lines.push(`  ${box.name}: ${box.value};`);
  }
  element.style.maxWidth = `${form.querySelector('#width').value}px`;
  form.querySelector('#css').textContent = `amisgest-pay {\n${lines.join('\n')}\n}`;
}

form.addEventListener('input', show);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  navigator.clipboard.writeText(form.querySelector('#css').textContent);
});
for (const button of form.querySelectorAll('[data-values]')) {
  button.addEventListener('click', () => {
    form.reset();
    for (const [name, value] of Object.entries(JSON.parse(button.dataset.values))) {
      form.querySelector(`[name="${name}"]`).value = value;
    }
    show();
  });
}
show();
