// What would be reached out for, and what has left this machine or was refused.

import { bytes, call, element } from './common.js';
import { empty, show, table } from './part.js';

const LAST = 50;
let last = '';

export function showEgress() {
  return show('egress-list', async () => {
    const found = await call('/api/egress?last=' + LAST);
    const text = JSON.stringify(found);
    if (text === last) {
      return null;
    }
    last = text;
    await show('egress-reaches', async () => [found.reaches.length === 0 ? empty('Nothing would be reached out for.')
      : table(['Capability', 'Key', 'Reaches'], found.reaches.map(reach))]);
    return [element('h3', '', 'Kept connections'), found.connections.length === 0 ? empty('Nothing has left this machine, and nothing was refused.')
      : table(['When', 'Capability', 'Host', '>Sent', '>Received', 'Outcome', 'Reason'], found.connections.reverse().map(connection))];
  });
}

function reach(one) {
  const key = element('a');
  key.append(element('code', '', one.key));
  key.href = '#' + one.key;
  const where = element('span');
  if (one.hosts.length === 0) {
    where.append(element('span', 'badge', 'not set'));
  } else {
    where.append(element('span', 'badge ' + (one.local ? 'good' : 'warn'), one.local ? 'this machine' : 'leaves it'), ' ' + one.hosts.join(', '));
  }
  return [one.capability, key, where];
}

function connection(one) {
  return [new Date(one.at).toLocaleString(), one.capability, one.host + ':' + one.port + (one.address === null ? '' : ' (' + one.address + ')'),
    bytes(one.sent), bytes(one.received), one.outcome, one.reason];
}
