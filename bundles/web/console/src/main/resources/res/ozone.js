'use strict';
// Shows what /api says, every two seconds while the page is looked at. Everything that came from the instance is put in as text, never as HTML.

const PAUSE_MS = 2000;
const LEVELS = { ok: ['OK', 'good'], warn: ['Warning', 'warn'], fail: ['Failing', 'bad'] };
const byId = (id) => document.getElementById(id);
const rows = new Map();
let timer = 0;

async function call(path, options) {
  const response = await fetch(path, { credentials: 'same-origin', headers: { 'Accept': 'application/json', 'Content-Type': 'application/json' }, ...options });
  const text = await response.text();
  if (!response.ok) {
    if (response.status === 401) {
      throw new Error('You are not signed in any more. Run ./ozone-core console for a new link.');
    }
    throw new Error(detail(text) || 'The instance answered ' + response.status + '.');
  }
  return JSON.parse(text);
}

function detail(text) {
  try {
    return JSON.parse(text).detail;
  } catch (e) {
    return '';
  }
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

function put(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

function bytes(count) {
  if (count < 0) {
    return 'unknown';
  }
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = count;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return (unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)) + ' ' + units[unit];
}

function duration(ms) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) {
    return seconds + ' s';
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return minutes + ' min ' + (seconds % 60) + ' s';
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? hours + ' h ' + (minutes % 60) + ' min' : Math.floor(hours / 24) + ' days ' + (hours % 24) + ' h';
}

function cpu(ms) {
  return ms < 10000 ? (ms / 1000).toFixed(2) + ' s' : duration(ms);
}

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
  row.cpu = element('td', 'number');
  row.allocated = element('td', 'number');
  row.tr.append(first, name, state, key, row.setBy, row.threads, row.cpu, row.allocated);
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
    row.key.href = '/console/configMgr/' + encodeURIComponent('ozone.' + capability.key.slice(0, capability.key.lastIndexOf('.')));
    row.key.title = 'The configuration form of this key';
  }
  put(row.setBy, capability.set_by);
  put(row.threads, String(capability.threads));
  put(row.cpu, cpu(capability.cpu_ms));
  put(row.allocated, bytes(capability.allocated_bytes));
}

function showCapabilities(list) {
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

async function toggle(name, row) {
  if (row.button.getAttribute('aria-busy') === 'true') {
    return;
  }
  row.button.setAttribute('aria-busy', 'true');
  const wanted = !row.value;
  try {
    const now = await call('/api/capabilities/' + encodeURIComponent(name), { method: 'PUT', body: JSON.stringify({ enabled: wanted }) });
    fill(row, now);
    put(byId('said'), name + ' is ' + now.state + '; ' + now.key + ' = ' + now.value + ', set by ' + now.set_by + '.');
  } catch (e) {
    put(byId('said'), name + ' was not switched: ' + e.message);
  } finally {
    row.button.removeAttribute('aria-busy');
    look();
  }
}

function showHealth(report) {
  const ready = byId('ready');
  put(ready, report.ready ? 'Ready' : 'Not ready');
  ready.className = 'badge ' + (report.ready ? 'good' : 'bad');
  put(byId('uptime'), duration(report.uptime_ms));
  put(byId('anon'), bytes(report.rss_anon_bytes));
  put(byId('rss'), bytes(report.rss_bytes));
  byId('checks').replaceChildren(...report.checks.map((check) => {
    const [label, look] = LEVELS[check.status] || [check.status, 'bad'];
    const item = element('li');
    item.append(element('span', 'badge ' + look, label), element('span', 'name', check.name), element('span', 'message', check.message));
    return item;
  }));
}

async function look() {
  clearTimeout(timer);
  try {
    const [list, report] = await Promise.all([call('/api/capabilities'), call('/api/health')]);
    showCapabilities(list);
    showHealth(report);
    byId('trouble').hidden = true;
  } catch (e) {
    put(byId('trouble'), e instanceof TypeError ? 'The instance does not answer. It may have been stopped: ./ozone-core status' : e.message);
    byId('trouble').hidden = false;
  }
  if (!document.hidden) {
    timer = setTimeout(look, PAUSE_MS);
  }
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    look();
  }
});
look();
