// Looks every two seconds while the page is looked at, at what may change by itself.

import { byId, bytes, call, duration, element, put } from './common.js';
import { showCapabilities } from './capabilities.js';
import { showConversations } from './conversations.js';
import { showEgress } from './egress.js';
import { showModels, startModels } from './models.js';
import { showConfiguration, showProblems, startConfiguration } from './config.js';

const PAUSE_MS = 2000;
/** The configuration is asked for in every so many looks. */
const CONFIGURATION_EVERY = 3;
const LEVELS = { ok: ['OK', 'good'], warn: ['Warning', 'warn'], fail: ['Failing', 'bad'] };
let timer = 0;
let looks = 0;

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
    const [list, report, problems] = await Promise.all([call('/api/capabilities'), call('/api/health'), call('/api/config/problems')]);
    showCapabilities(list);
    showHealth(report);
    showProblems(problems);
    if (looks++ % CONFIGURATION_EVERY === 0) {
      showConfiguration(await call('/api/config'));
      await Promise.all([showModels(), showConversations(), showEgress()]);
    }
    byId('trouble').hidden = true;
  } catch (e) {
    put(byId('trouble'), e instanceof TypeError ? 'The instance does not answer. It may have been stopped: ./ozone-core status' : e.message);
    byId('trouble').hidden = false;
  }
  clearTimeout(timer);
  if (!document.hidden) {
    timer = setTimeout(look, PAUSE_MS);
  }
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    looks = 0;
    look();
  }
});
document.addEventListener('changed', () => {
  looks = 0;
  look();
});
startConfiguration();
startModels();
look();
