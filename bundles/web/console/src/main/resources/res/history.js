// What has changed, when, by whom, and the way back.

import { button, byId, call, element, plural } from './common.js';
import { change, changes } from './preview.js';
import { said, tell } from './config.js';

const MOST = 50;

export function startHistory() {
  byId('history').addEventListener('toggle', show);
  byId('undo').addEventListener('click', () => edit('Undo the last change', { undo: 1 }));
  document.addEventListener('changed', show);
}

async function edit(title, asked) {
  const plan = await tell(() => change(title, asked));
  if (plan) {
    said(plan);
  }
}

async function show() {
  if (!byId('history').open) {
    return;
  }
  await tell(async () => {
    const revisions = await call('/api/config/history');
    byId('revisions').replaceChildren(...revisions.slice(0, MOST).map(item));
    byId('no-revisions').hidden = revisions.length > 0;
  });
}

function item(revision) {
  const entry = element('li');
  const head = element('div', 'revision');
  const time = element('time', '', new Date(revision.at).toLocaleString());
  time.dateTime = revision.at;
  const what = element('span', 'what');
  what.append(element('b', '', revision.summary), element('small', '', '#' + revision.revision + ' · ' + revision.origin.way + ' · ' + revision.origin.user
    + (revision.files.length > 0 ? ' · ' + revision.files.join(', ') : '')));
  head.append(time, what, button('Back to this', 'link', () => edit('Back to revision ' + revision.revision, { restore: revision.revision })));
  entry.append(head);
  if (revision.changes.length > 0) {
    const more = element('details');
    more.append(element('summary', '', plural(revision.changes.length, 'key', 'keys')), changes(revision.changes));
    entry.append(more);
  }
  return entry;
}
