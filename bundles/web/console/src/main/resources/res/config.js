// Every key: its value, who set it, what is known about it. Edits are gathered, looked at together, and then made together.

import { button, byId, call, element, plural, put, shown } from './common.js';
import { change } from './preview.js';
import { startHistory } from './history.js';

const rows = new Map();
const tables = new Map();
/** Key to the text that was typed; null for a setting that is to be taken away. */
const edits = new Map();
let profiles = [];

export function startConfiguration() {
  byId('filter').addEventListener('input', sift);
  byId('only').addEventListener('change', sift);
  byId('save').addEventListener('click', save);
  byId('discard').addEventListener('click', discard);
  byId('load').addEventListener('click', () => profile('load', 'Load the profile '));
  byId('merge').addEventListener('click', () => profile('merge', 'Merge the profile '));
  byId('profile').addEventListener('change', describeProfile);
  window.addEventListener('beforeunload', (event) => {
    if (edits.size > 0) {
      event.preventDefault();
    }
  });
  window.addEventListener('hashchange', toHash);
  startHistory();
  showProfiles();
}

/** Adds, fills and takes away rows; what is being edited stays as it was typed. */
export function showConfiguration(settings) {
  const first = rows.size === 0;
  const names = new Set(settings.map((setting) => setting.key));
  for (const [key, row] of rows) {
    if (!names.has(key)) {
      row.tr.remove();
      row.more.remove();
      rows.delete(key);
      edits.delete(key);
    }
  }
  if (first) {
    byId('tables').replaceChildren();
  }
  settings.forEach((setting) => {
    let row = rows.get(setting.key);
    if (!row) {
      row = makeRow(setting);
      rows.set(setting.key, row);
    }
    fill(row, setting);
  });
  sift();
  if (first) {
    toHash();
  }
}

export function showProblems(problems) {
  const list = byId('problems');
  list.hidden = problems.length === 0;
  const texts = problems.map((problem) => problem.message).join('\n');
  if (list.dataset.texts !== texts) {
    list.dataset.texts = texts;
    list.replaceChildren(...problems.map((problem) => element('li', problem.error ? 'bad' : 'warn', problem.message)));
  }
}

/** The table of a key, in the order of the alphabet. */
function tableOf(name) {
  let table = tables.get(name);
  if (!table) {
    table = { details: element('details', 'table'), count: element('span', 'count'), body: element('tbody'), open: false };
    const summary = element('summary');
    summary.append(element('code', '', name), table.count);
    const grid = element('table', 'keys');
    const head = element('tr');
    ['Key', 'Value', 'Default', 'Set by', 'Applies', ''].forEach((title) => {
      const cell = element('th', '', title);
      cell.scope = 'col';
      head.append(cell);
    });
    const top = element('thead');
    top.append(head);
    grid.append(top, table.body);
    const scroll = element('div', 'scroll');
    scroll.append(grid);
    table.details.append(summary, scroll);
    tables.set(name, table);
    const after = [...tables.keys()].sort().find((other) => other > name);
    byId('tables').insertBefore(table.details, after ? tables.get(after).details : null);
  }
  return table;
}

function makeRow(setting) {
  const dot = setting.key.lastIndexOf('.');
  const row = { table: tableOf(setting.key.slice(0, dot)), tr: element('tr'), more: element('tr', 'more') };
  row.tr.id = setting.key;
  const name = element('th');
  name.scope = 'row';
  const label = element('label', '', setting.key.slice(dot + 1));
  name.append(label);
  row.input = inputOf(setting);
  row.input.id = 'value-' + setting.key;
  label.htmlFor = row.input.id;
  row.input.addEventListener('input', () => edited(row));
  row.unit = element('span', 'unit', setting.unit);
  const value = element('td', 'edit');
  value.append(row.input, row.unit);
  row.byDefault = element('td', 'value');
  row.setBy = element('td', 'where');
  row.unset = button('Use the default', 'link', () => unset(row));
  row.source = element('span');
  row.setBy.append(row.source, row.unset);
  row.applies = element('td');
  row.about = button('About', 'link', () => about(row));
  row.about.setAttribute('aria-expanded', 'false');
  row.about.setAttribute('aria-label', 'About ' + setting.key);
  const last = element('td');
  last.append(row.about);
  row.tr.append(name, value, row.byDefault, row.setBy, row.applies, last);
  row.more.hidden = true;
  const cell = element('td');
  cell.colSpan = 6;
  row.more.append(cell);
  const next = [...row.table.body.querySelectorAll('tr[id]')].find((other) => other.id > setting.key) || null;
  row.table.body.insertBefore(row.tr, next);
  row.table.body.insertBefore(row.more, next);
  return row;
}

/** A choice where the range names the values, else a field for text: what is a number and in range the instance says, with the remedy. */
function inputOf(setting) {
  const choices = setting.type === 'boolean' ? ['true', 'false']
    : setting.type === 'string' && /^[\w.:-]+(, [\w.:-]+)+$/.test(setting.range) ? setting.range.split(', ') : null;
  if (choices) {
    const select = element('select');
    if (!choices.includes(shownValue(setting))) {
      choices.push(shownValue(setting));
    }
    choices.forEach((choice) => select.append(new Option(choice, choice)));
    return select;
  }
  const input = element('input');
  input.type = 'text';
  input.spellcheck = false;
  input.autocomplete = 'off';
  if (setting.type === 'integer' || setting.type === 'number') {
    input.inputMode = setting.type === 'integer' ? 'numeric' : 'decimal';
    input.className = 'short';
  }
  return input;
}

function shownValue(setting) {
  return setting.value === null ? '' : Array.isArray(setting.value) ? JSON.stringify(setting.value) : String(setting.value);
}

function fill(row, setting) {
  row.setting = setting;
  const fixed = setting.set_by === 'environment';
  row.input.disabled = fixed;
  row.input.title = fixed ? 'The environment sets it; no file can overrule that.' : setting.range;
  if (!edits.has(setting.key) && document.activeElement !== row.input && row.input.value !== shownValue(setting)) {
    row.input.value = shownValue(setting);
  }
  put(row.byDefault, shown(setting.default_value));
  put(row.source, setting.line > 0 ? setting.set_by + ':' + setting.line : setting.set_by);
  row.source.title = setting.file || '';
  row.unset.hidden = setting.file === null || edits.get(setting.key) === null;
  put(row.applies, setting.pending ? 'Pending: needs a ' + setting.pending : setting.read_by === null ? 'No installed capability reads it'
    : { live: 'At once', restart: 'After a restart', rebuild: 'After a rebuild' }[setting.applies] || setting.applies);
  row.applies.className = setting.pending ? 'pending' : setting.read_by === null ? 'soft' : '';
  row.tr.classList.toggle('set', setting.set_by !== 'default');
}

function edited(row) {
  const key = row.setting.key;
  if (row.input.value === shownValue(row.setting)) {
    edits.delete(key);
  } else {
    edits.set(key, row.input.value);
  }
  mark(row);
}

function unset(row) {
  edits.set(row.setting.key, null);
  row.input.value = row.setting.default_value === null ? '' : Array.isArray(row.setting.default_value) ? JSON.stringify(row.setting.default_value)
    : String(row.setting.default_value);
  mark(row);
  byId('save').focus();
}

function mark(row) {
  row.tr.classList.toggle('edited', edits.has(row.setting.key));
  row.unset.hidden = row.setting.file === null || edits.get(row.setting.key) === null;
  const bar = byId('unsaved');
  bar.hidden = edits.size === 0;
  put(byId('unsaved-count'), plural(edits.size, 'change is', 'changes are') + ' not made yet');
}

function discard() {
  const keys = [...edits.keys()];
  edits.clear();
  keys.map((key) => rows.get(key)).filter(Boolean).forEach((row) => {
    row.input.value = shownValue(row.setting);
    mark(row);
  });
  byId('filter').focus();
}

async function save() {
  const edit = {};
  for (const [key, text] of edits) {
    if (text === null) {
      (edit.unset = edit.unset || []).push(key);
    } else {
      (edit.set = edit.set || {})[key] = text;
    }
  }
  const plan = await tell(() => change(plural(edits.size, 'change', 'changes') + ' of the configuration', edit));
  if (plan) {
    discard();
    said(plan);
  }
}

async function profile(kind, title) {
  const name = byId('profile').value;
  const plan = await tell(() => change(title + name, { [kind]: name }));
  if (plan) {
    said(plan);
  }
}

/** Runs a change; what is refused is said beside the buttons. */
export async function tell(action) {
  put(byId('config-said'), '');
  byId('config-said').classList.remove('refused');
  try {
    return await action();
  } catch (e) {
    put(byId('config-said'), 'Nothing was changed: ' + e.message);
    byId('config-said').classList.add('refused');
    return null;
  }
}

export function said(plan) {
  put(byId('config-said'), plural(plan.changes.length, 'key has', 'keys have') + ' changed' + (plan.revision > 0 ? ' (revision ' + plan.revision + ')' : '') + '.');
  document.dispatchEvent(new Event('changed'));
}

async function about(row) {
  const open = row.more.hidden;
  row.more.hidden = !open;
  row.about.setAttribute('aria-expanded', String(open));
  if (open) {
    const cell = row.more.firstChild;
    try {
      cell.replaceChildren(explanation(await call('/api/config/explain/' + encodeURIComponent(row.setting.key))));
    } catch (e) {
      cell.replaceChildren(element('p', 'note bad', e.message));
    }
  }
}

function explanation({ setting, advice, profiles: values, aliases }) {
  const box = element('div', 'about');
  box.append(element('p', '', setting.description || 'Nothing more is known about it.'));
  const facts = element('dl');
  const fact = (name, text) => {
    const pair = element('div');
    pair.append(element('dt', '', name), element('dd', '', text));
    facts.append(pair);
  };
  fact('Key', setting.key);
  fact('Type', setting.type + (setting.range ? ', ' + setting.range : '') + (setting.unit ? ' ' + setting.unit : ''));
  fact('Default', shown(setting.default_value));
  Object.entries(values).forEach(([name, value]) => fact('Profile ' + name, shown(value)));
  if (setting.file) {
    fact('Set in', setting.file + (setting.line > 0 ? ', line ' + setting.line : ''));
  }
  fact('Read by', setting.read_by || 'no installed capability');
  if (aliases.length > 0) {
    fact('Old names', aliases.join(', '));
  }
  box.append(facts);
  if (advice) {
    box.append(element('p', 'advice', advice));
  }
  return box;
}

/** Shows what the filter lets through. */
function sift() {
  const words = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
  const only = byId('only').value;
  let count = 0;
  for (const table of tables.values()) {
    table.shown = 0;
    table.set = 0;
  }
  for (const [key, row] of rows) {
    const setting = row.setting;
    const text = (key + ' ' + setting.description + ' ' + setting.set_by).toLowerCase();
    const fits = words.every((word) => text.includes(word)) && (only === 'all' || (only === 'set' && setting.set_by !== 'default')
      || (only === 'read' && setting.read_by !== null) || (only === 'pending' && setting.pending !== null));
    row.tr.hidden = !fits;
    row.more.hidden = row.more.hidden || !fits;
    if (row.more.hidden) {
      row.about.setAttribute('aria-expanded', 'false');
    }
    row.table.shown += fits ? 1 : 0;
    row.table.set += setting.set_by !== 'default' ? 1 : 0;
    count += fits ? 1 : 0;
  }
  const narrow = words.length > 0 || only === 'set' || only === 'pending';
  for (const table of tables.values()) {
    table.details.hidden = table.shown === 0;
    put(table.count, plural(table.shown, 'key', 'keys') + (table.set > 0 ? ', ' + table.set + ' set' : ''));
    if (narrow !== table.narrow) {
      table.narrow = narrow;
      table.details.open = narrow;
    }
  }
  put(byId('found'), count === 0 ? 'No key fits.' : plural(count, 'key', 'keys'));
}

async function showProfiles() {
  await tell(async () => {
    profiles = await call('/api/config/profiles');
    byId('profile').replaceChildren(...profiles.map((one) => new Option(one.name, one.name)));
    byId('load').disabled = byId('merge').disabled = profiles.length === 0;
    describeProfile();
  });
}

function describeProfile() {
  const one = profiles.find((each) => each.name === byId('profile').value);
  put(byId('profile-about'), one ? (one.description ? one.description + ' ' : '') + '(' + plural(one.keys, 'key', 'keys') + ')' : '');
}

/** A link to a key leads to its row, whatever the filter is. */
function toHash() {
  const row = rows.get(decodeURIComponent(location.hash.slice(1)));
  if (row) {
    byId('filter').value = '';
    byId('only').value = 'all';
    sift();
    row.table.details.open = true;
    row.input.scrollIntoView({ block: 'center' });
    row.input.focus();
  }
}
