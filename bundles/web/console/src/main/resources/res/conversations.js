// What was asked before: read with its sources, taken along, taken away.

import { button, byId, call, element, plural } from './common.js';
import { empty, show, sure, tell } from './part.js';

const MOST = 50;
let last = '';

export function showConversations() {
  return show('conversations-list', async () => {
    const all = await call('/api/conversations');
    const text = JSON.stringify(all);
    if (text === last) {
      return null;     // what is open stays open
    }
    last = text;
    if (all.length === 0) {
      return [empty('Nothing has been asked yet, or nothing of it is kept.')];
    }
    const list = element('ol', 'revisions');
    list.append(...all.slice(0, MOST).map(item));
    return all.length > MOST ? [list, empty('and ' + (all.length - MOST) + ' before them: ./ozone-core conversations')] : [list];
  });
}

function item(one) {
  const entry = element('li');
  const head = element('div', 'revision');
  const time = element('time', '', new Date(one.last).toLocaleString());
  time.dateTime = one.last;
  const what = element('span', 'what');
  what.append(element('b', '', one.title), element('small', '', '#' + one.id + ' · ' + plural(one.turns, 'question', 'questions')));
  head.append(time, what, button('Export', 'link', () => tell('conversations', () => take(one))),
    button('Delete …', 'link', () => tell('conversations', () => remove(one))));
  const more = element('details');
  more.append(element('summary', '', 'Read'));
  more.addEventListener('toggle', () => {
    if (more.open && more.children.length === 1) {
      tell('conversations', () => read(one, more));
    }
  });
  entry.append(head, more);
  return entry;
}

async function read(one, into) {
  const whole = await call('/api/conversations/' + one.id);
  into.append(...whole.turns.map(turn));
}

function turn(each) {
  const made = element('div', 'turn');
  made.append(element('p', 'asked', each.question), element('p', 'answered', each.answer));
  if (each.citations.length > 0) {
    const list = element('ul', 'citations');
    list.append(...each.citations.map((citation) => {
      const entry = element('li');
      entry.append(element('b', '', '[' + citation.n + '] '), element('code', '', citation.source + (citation.record === null ? '' : '#' + citation.record)
        + ':' + citation.line), ' ', element('span', 'badge ' + (citation.verified ? 'good' : 'warn'), citation.verified ? 'verified' : 'not verified'),
        element('small', '', '“' + citation.quote + '”'));
      return entry;
    }));
    made.append(list);
  }
  made.append(element('small', '', new Date(each.at).toLocaleString() + ' · ' + each.provider));
  return made;
}

async function take(one) {
  const text = await call('/api/conversations/' + one.id + '?format=markdown');
  const link = element('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }));
  link.download = 'conversation-' + one.id + '.md';
  link.click();
  URL.revokeObjectURL(link.href);
  return 'Conversation ' + one.id + ' was saved as ' + link.download + '.';
}

async function remove(one) {
  if (!await sure('Delete conversation ' + one.id, 'Its ' + plural(one.turns, 'question', 'questions') + ' and answers are deleted. This cannot be undone.', 'Delete it')) {
    return undefined;
  }
  await call('/api/conversations/' + one.id, { method: 'DELETE' });
  await showConversations();
  return 'Conversation ' + one.id + ' is gone.';
}
