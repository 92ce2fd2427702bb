// What a change would do, before it is made.

import { button, byId, element, plural, post, shown } from './common.js';

const ACTIONS = { starts: ['Starts', 'good'], stops: ['Stops', 'bad'], reactivates: ['Restarts a part', 'warn'], modifies: ['Takes it while it works', ''] };
const APPLIES = { live: 'at once', restart: 'after the next start', rebuild: 'after a rebuild of the index' };

/**
 * Plans an edit, shows it, and makes it when it is confirmed.
 *
 * @param title what is asked for
 * @param edit as POST /api/config/apply takes it
 * @param ask whether effects are to be confirmed; where it says no, the edit is made at once
 * @returns the plan that was made; null where it was not confirmed
 */
export async function change(title, edit, ask) {
  const planned = await post('/api/config/plan', edit);
  if (ask && planned.plan.warnings.length === 0 && !ask(planned.effects)) {
    return post('/api/config/apply', edit);
  }
  return confirmed(title, edit, planned);
}

function confirmed(title, edit, planned) {
  const dialog = byId('preview');
  byId('preview-title').textContent = title;
  byId('preview-body').replaceChildren(...parts(planned));
  const refused = byId('preview-refused');
  refused.hidden = true;
  return new Promise((resolve) => {
    let made = null;
    const nothing = planned.plan.changes.length === 0 && planned.plan.same.length === 0;
    const save = button('Make the change', 'primary', async () => {
      save.disabled = true;
      try {
        made = await post('/api/config/apply', edit);
        dialog.close();
      } catch (e) {
        refused.textContent = 'Nothing was changed: ' + e.message;
        refused.hidden = false;
        save.disabled = false;
      }
    });
    const leave = button(nothing ? 'Close' : 'Cancel', '', () => dialog.close());
    byId('preview-buttons').replaceChildren(...(nothing ? [leave] : [save, leave]));
    dialog.addEventListener('close', () => resolve(made), { once: true });
    dialog.showModal();
    (nothing ? leave : save).focus();
  });
}

function parts({ plan, effects }) {
  const all = [];
  plan.warnings.forEach((warning) => all.push(element('p', 'note warn', warning)));
  if (plan.changes.length === 0) {
    all.push(element('p', 'hint', plan.same.length === 0 ? 'Nothing would change: everything is so already.'
      : 'No value would change: ' + plan.same.join(', ') + (plan.same.length === 1 ? ' has it already.' : ' have theirs already.')));
  } else {
    all.push(element('h3', '', plural(plan.changes.length, 'key changes', 'keys change')), changes(plan.changes));
  }
  all.push(element('h3', '', 'What it does to what runs'));
  if (!effects) {
    all.push(element('p', 'hint', 'The instance cannot tell at the moment.'));
  } else if (effects.length === 0) {
    all.push(element('p', 'hint', 'Nothing stops, starts or restarts.'));
  } else {
    const list = element('ul', 'effects');
    list.append(...effects.map(effect));
    all.push(list);
  }
  return all;
}

/** The keys of a plan or a revision, with their old and new values. */
export function changes(list) {
  const table = element('table', 'changes');
  const head = element('tr');
  ['Key', 'Now', 'Then', 'In force'].forEach((title) => {
    const cell = element('th', '', title);
    cell.scope = 'col';
    head.append(cell);
  });
  const top = element('thead');
  top.append(head);
  const body = element('tbody');
  list.forEach((one) => {
    const row = element('tr');
    const key = element('th');
    key.scope = 'row';
    key.append(element('code', '', one.key));
    const when = one.shadowed_by ? 'not while ' + one.shadowed_by + ' sets it' : one.read_by === null ? 'no installed capability reads it' : APPLIES[one.applies];
    row.append(key, element('td', 'value', shown(one.before)), element('td', 'value', shown(one.after)), element('td', '', when));
    body.append(row);
  });
  table.append(top, body);
  const scroll = element('div', 'scroll');
  scroll.append(table);
  return scroll;
}

function effect(one) {
  const [label, look] = ACTIONS[one.action] || [one.action, ''];
  const item = element('li');
  const text = element('span', 'told');
  text.append(element('b', '', one.name));
  const facts = [];
  if (one.working > 0) {
    facts.push('is working on ' + plural(one.working, 'request or task', 'requests and tasks'));
  }
  if (one.used_by.length > 0) {
    facts.push('used by ' + one.used_by.join(', '));
  }
  if (one.last_ms !== null) {
    facts.push('took ' + one.last_ms + ' ms last time');
  }
  text.append(element('small', '', facts.join(' · ')));
  item.append(element('span', 'badge ' + look, label), text);
  return item;
}
