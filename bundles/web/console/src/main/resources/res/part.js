// What the parts of the page below the switches have in common.

import { byId, element, put } from './common.js';

/** A table with these heads; those that begin with > stand at the right. */
export function table(heads, rows) {
  const made = element('table');
  const head = element('tr');
  heads.forEach((text) => {
    const cell = element('th', text.startsWith('>') ? 'number' : '', text.replace('>', ''));
    cell.scope = 'col';
    head.append(cell);
  });
  const top = element('thead');
  top.append(head);
  const body = element('tbody');
  rows.forEach((cells) => {
    const row = element('tr');
    cells.forEach((content, at) => {
      const cell = element(at === 0 ? 'th' : 'td', heads[at].startsWith('>') ? 'number' : at === 0 ? '' : 'where');
      if (at === 0) {
        cell.scope = 'row';
      } else if (heads[at] !== '') {
        cell.dataset.label = heads[at].replace('>', '');
      }
      cell.append(content);
      row.append(cell);
    });
    body.append(row);
  });
  made.append(top, body);
  const scroll = element('div', 'scroll cards');
  scroll.append(made);
  return scroll;
}

export function empty(text) {
  return element('p', 'empty', text);
}

/** Does something, and says under the part what went wrong. */
export async function tell(part, work) {
  const said = byId(part + '-said');
  try {
    const text = await work();
    if (text !== undefined) {
      put(said, text);
      said.classList.remove('refused');
    }
  } catch (e) {
    put(said, e.message);
    said.classList.add('refused');
  }
}

/** Shows a part, or why it cannot be shown. */
export async function show(id, make) {
  const place = byId(id);
  try {
    const made = await make();
    if (made) {
      place.replaceChildren(...made);
    }
  } catch (e) {
    place.replaceChildren(empty(e.message));
  }
}

/** Whether the user means it. */
export function sure(title, text, verb) {
  const dialog = element('dialog');
  const heading = element('h2', '', title);
  const buttons = element('div', 'buttons');
  const yes = element('button', 'primary', verb);
  yes.value = 'yes';
  const no = element('button', '', 'Cancel');
  no.value = 'no';
  const form = element('form');
  form.method = 'dialog';
  buttons.append(no, yes);
  form.append(heading, element('p', '', text), buttons);
  dialog.append(form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    dialog.showModal();
    no.focus();
  });
}
