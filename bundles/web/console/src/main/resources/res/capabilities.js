// The switches and what they cost.

import { byId, bytes, call, cpu, element, put } from './common.js';
import { change } from './preview.js';

const rows = new Map();

function makeRow(capability) {
  const row = { tr: element('tr') };
  row.button = element('button', 'switch');
  row.button.type = 'button';
  row.button.setAttribute('role', 'switch');
  row.button.setAttribute('aria-label', capability.name);
  row.button.addEventListener('click', () => toggle(capability.name, row));
  const first = element('td');
  first.append(row.button);
  const name = element('th', '', capability.name);
  name.scope = 'row';
  row.version = element('small');
  name.append(row.version);
  const state = element('td');
  row.state = element('span', 'badge');
  state.append(row.state);
  const key = element('td', 'where');
  row.key = element('a');
  key.append(row.key);
  row.setBy = element('td', 'where');
  row.threads = element('td', 'number');
  row.working = element('td', 'number');
  row.cpu = element('td', 'number');
  row.allocated = element('td', 'number');
  row.tr.append(first, name, state, key, row.setBy, row.threads, row.working, row.cpu, row.allocated);
  return row;
}

function fill(row, capability) {
  row.value = capability.value;
  row.button.setAttribute('aria-checked', String(capability.value));
  put(row.version, capability.version);
  put(row.state, capability.state);
  row.state.className = 'badge ' + (capability.state === 'active' ? 'good' : capability.state === 'stopped' ? '' : 'bad');
  if (row.key.textContent !== capability.key) {
    row.key.replaceChildren(element('code', '', capability.key));
    row.key.href = '#' + capability.key;
    row.key.title = 'This key in the configuration below';
  }
  put(row.setBy, capability.set_by);
  put(row.threads, String(capability.threads));
  put(row.working, String(capability.working));
  const child = capability.child_bytes > 0;
  put(row.cpu, cpu(capability.cpu_ms) + (child ? ' + ' + cpu(capability.child_cpu_ms) : ''));
  put(row.allocated, bytes(capability.allocated_bytes) + (child ? ' + ' + bytes(capability.child_bytes) : ''));
  row.cpu.title = child ? 'Its own threads, and the process that it has started' : '';
  row.allocated.title = child ? 'What its own threads have allocated, and the memory of the process that it has started' : '';
}

export function showCapabilities(list) {
  const body = byId('rows');
  const names = new Set(list.map((capability) => capability.name));
  for (const [name, row] of rows) {
    if (!names.has(name)) {
      row.tr.remove();
      rows.delete(name);
    }
  }
  if (list.length === 0) {
    body.replaceChildren(element('tr'));
    body.firstChild.append(element('td', 'empty', 'No bundle that can be switched is installed.'));
    return;
  }
  body.querySelectorAll('.empty').forEach((cell) => cell.parentNode.remove());
  list.forEach((capability, at) => {
    let row = rows.get(capability.name);
    if (!row) {
      row = makeRow(capability);
      rows.set(capability.name, row);
    }
    if (body.children[at] !== row.tr) {
      body.insertBefore(row.tr, body.children[at] || null);
    }
    if (row.button.getAttribute('aria-busy') !== 'true') {
      fill(row, capability);
    }
  });
}

/** A switch whose stop would be felt asks first; any other acts at once. */
async function toggle(name, row) {
  if (row.button.getAttribute('aria-busy') === 'true') {
    return;
  }
  row.button.setAttribute('aria-busy', 'true');
  const wanted = !row.value;
  try {
    const edit = { set: { [row.key.textContent]: wanted } };
    const felt = (effects) => (effects || []).some((effect) => effect.working > 0 || (effect.action === 'stops' && effect.used_by.length > 0));
    const plan = await change((wanted ? 'Switch on ' : 'Switch off ') + name, edit, felt);
    if (plan) {
      fill(row, await settled(name, wanted ? 'active' : 'stopped'));
      put(byId('said'), name + ' is ' + row.state.textContent + '; ' + row.key.textContent + ' = ' + row.value + ', set by ' + row.setBy.textContent + '.');
    }
  } catch (e) {
    put(byId('said'), name + ' was not switched: ' + e.message);
  } finally {
    row.button.removeAttribute('aria-busy');
    document.dispatchEvent(new Event('changed'));
  }
}

/** The capability once its bundle has followed its key, or as it is after two seconds. */
async function settled(name, state) {
  const end = Date.now() + 2000;
  for (;;) {
    const now = (await call('/api/capabilities')).find((one) => one.name === name);
    if (now.state === state || Date.now() > end) {
      return now;
    }
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}
