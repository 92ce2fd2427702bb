// The language models: which there are, which answers, which is loaded; and how another comes.

import { button, byId, bytes, call, cpu, element, put } from './common.js';
import { empty, show, sure, table, tell } from './part.js';

/** What a model can be called by; a file with another name can only be renamed. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;
let last = '';

export function startModels() {
  byId('models-get').addEventListener('submit', (event) => {
    event.preventDefault();
    tell('models', get);
  });
}

export function showModels() {
  return show('models-list', async () => {
    const found = await call('/api/models');
    byId('models-loaded').replaceChildren(found.loaded.length === 0 ? empty('None is loaded.')
      : table(['Loaded', '>Memory', '>CPU', '>Context', '>Works on', '>Waiting', 'Let go'], found.loaded.map(loaded)));
    const text = JSON.stringify(found.models);
    if (text === last) {
      return null;     // the buttons keep the focus
    }
    last = text;
    return [found.models.length === 0
      ? empty('There is no local model yet. ./ozone-core model recommend says which fit this machine.')
      : table(['Model', 'Kind', '>Size', '>Needs', '>Context', 'From', ''], found.models.map(row))];
  });
}

function row(model) {
  const name = element('span', '', model.name);
  if (model.chosen) {
    name.append(' ', element('span', 'badge good', 'answers'));
  }
  const buttons = element('span', 'actions');
  if (!model.chosen && model.problem === null) {
    buttons.append(button('Use', '', () => tell('models', () => use(model))));
  }
  if (NAME.test(model.name)) {
    buttons.append(button('Remove …', '', () => tell('models', () => remove(model))));
  }
  return [name, model.problem === null ? model.quantisation : model.problem, bytes(model.bytes), model.problem === null ? bytes(model.needed_bytes) : '',
    model.trained_context === 0 ? '' : String(model.trained_context), model.source === null ? 'by hand' : model.source, buttons];
}

function loaded(one) {
  const own = one.pid >= 0;
  return [one.model, own ? bytes(one.resident_bytes) : '', own ? cpu(one.cpu_seconds * 1000) : '', String(one.context_length), String(one.busy),
    String(one.waiting), one.released_in_seconds < 0 ? '' : 'in ' + one.released_in_seconds + ' s'];
}

async function use(model) {
  await call('/api/models/' + encodeURIComponent(model.name), { method: 'PUT', body: '{}' });
  await showModels();
  return model.name + ' answers from now on; questions under way end with the old one.';
}

async function remove(model) {
  if (!await sure('Remove ' + model.name, 'Its file of ' + bytes(model.bytes) + ' is deleted. It is not in the history and cannot be brought back.', 'Remove it')) {
    return undefined;
  }
  await call('/api/models/' + encodeURIComponent(model.name), { method: 'DELETE' });
  await showModels();
  return model.name + ' is gone.';
}

/** An absolute path is a file of this machine, anything else something to download. */
async function get() {
  const from = byId('models-from').value.trim();
  const file = from.startsWith('/') || /^[A-Za-z]:[\\/]/.test(from);
  const bar = byId('models-progress');
  const submit = byId('models-get').querySelector('button');
  submit.disabled = true;
  bar.hidden = false;
  bar.removeAttribute('value');
  try {
    const model = await events('/api/models', file ? { add: from } : { pull: from }, (step) => {
      if (step.total > 0) {
        bar.value = step.done / step.total;
      }
      put(byId('models-said'), step.stage + ' ' + step.detail + (step.total > 0 ? ': ' + bytes(step.done) + ' of ' + bytes(step.total) : ''));
    });
    byId('models-from').value = '';
    await showModels();
    return model.name + ' is here: ' + bytes(model.bytes) + '.';
  } finally {
    submit.disabled = false;
    bar.hidden = true;
  }
}

/** Reads server-sent events up to the last one, which is the result or an error. */
async function events(path, body, progress) {
  const response = await fetch(path, { method: 'POST', credentials: 'same-origin', body: JSON.stringify(body),
    headers: { 'Accept': 'text/event-stream', 'Content-Type': 'application/json' } });
  if (!response.ok) {
    throw new Error(JSON.parse(await response.text()).detail);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      throw new Error('The instance broke off. Ask again: what has come is kept.');
    }
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end));
      text = text.slice(end + 2);
      if (name === 'progress') {
        progress(JSON.parse(data));
      } else if (name === 'error') {
        throw new Error(JSON.parse(data).detail);
      } else {
        return JSON.parse(data);
      }
    }
  }
}
