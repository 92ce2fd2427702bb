// What all parts of the page use. Everything that came from the instance is put in as text, never as HTML.

export const byId = (id) => document.getElementById(id);

export async function call(path, options) {
  const response = await fetch(path, { credentials: 'same-origin', headers: { 'Accept': 'application/json', 'Content-Type': 'application/json' }, ...options });
  const text = await response.text();
  if (!response.ok) {
    if (response.status === 401) {
      throw new Error('You are not signed in any more. Run ./ozone-core console for a new link.');
    }
    throw new Error(detail(text) || 'The instance answered ' + response.status + '.');
  }
  return response.headers.get('Content-Type').startsWith('application/json') ? JSON.parse(text) : text;
}

function detail(text) {
  try {
    return JSON.parse(text).detail;
  } catch (e) {
    return '';
  }
}

export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

export function put(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function bytes(count) {
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

export function duration(ms) {
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

export function cpu(ms) {
  return ms < 10000 ? (ms / 1000).toFixed(2) + ' s' : duration(ms);
}

export function post(path, body) {
  return call(path, { method: 'POST', body: JSON.stringify(body) });
}

/** A button that does one thing. */
export function button(text, className, action) {
  const made = element('button', className, text);
  made.type = 'button';
  made.addEventListener('click', action);
  return made;
}

/** A value of a key as people read it. */
export function shown(value) {
  if (value === null || value === undefined) {
    return 'nothing';
  }
  return value === '' ? '(empty)' : Array.isArray(value) ? JSON.stringify(value) : String(value);
}

export function plural(count, one, many) {
  return count + ' ' + (count === 1 ? one : many);
}
