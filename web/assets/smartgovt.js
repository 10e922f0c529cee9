// What a page can do better where scripts run. Every page works without it.
const all = (what, from = document) => [...from.querySelectorAll(what)];
const words = JSON.parse(document.body.dataset.words || '{}');
const say = (place, key, more = '') => { if (place) { place.hidden = false; place.textContent = [words[key], more].filter(Boolean).join(' '); } };
let store = { getItem: () => null, setItem() {}, removeItem() {} };
try { store = localStorage; } catch { /* Switched off: drafts are on the server only. */ }
const online = () => new Promise(done => navigator.onLine ? done() : addEventListener('online', done, { once: true }));
const tokenOf = form => form?.querySelector('[name=_token]')?.value || '';

// Errors are read first.
document.querySelector('[data-focus]')?.focus();

for (const button of all('[data-print]')) {
  button.hidden = false;
  button.onclick = () => print();
}

// Questions that depend on another answer.
const conditions = () => {
  for (const field of all('[data-when]')) {
    const name = field.dataset.when, wanted = field.dataset.is.split('|');
    const controls = all('[name]', field.closest('form') || document).filter(c => c.name === name || c.name.startsWith(name + '.'));
    const given = controls.filter(c => !/radio|checkbox/.test(c.type) || c.checked).map(c => c.value);
    field.hidden = controls.length > 0 && !given.some(value => wanted.includes(value));
  }
};
addEventListener('change', conditions);
conditions();

// Keys for lists: J K move, / searches, a letter presses what carries it. They can be switched off.
const keysOff = () => store.getItem('keys') === 'off';
for (const button of all('[data-keys-toggle]')) {
  const show = () => button.setAttribute('aria-pressed', keysOff());
  button.onclick = () => { store.setItem('keys', keysOff() ? 'on' : 'off'); show(); };
  show();
}
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || keysOff() || event.target.closest('input,select,textarea,[contenteditable]')) return;
  const key = event.key.toLowerCase(), rows = all('[data-keys] a.row');
  const search = document.querySelector('[data-search]'), pressed = all('[data-key]').find(e => e.dataset.key === key);
  if ((key === 'j' || key === 'k') && rows.length) {
    const at = rows.indexOf(document.activeElement.closest('a.row')), open = rows.findIndex(r => r.hasAttribute('aria-current'));
    const from = at >= 0 ? at : open, step = key === 'j' ? 1 : -1;
    rows[Math.max(0, Math.min(rows.length - 1, from + step))].focus();
  } else if (key === '/' && search) {
    search.focus();
  } else if (pressed) {
    pressed.click();
  } else return;
  event.preventDefault();
});

// Photos become at most 300 kB on the device.
const small = 3e5;
const shrink = async file => {
  if (!/^image\//.test(file.type) || (/jpeg|png/.test(file.type) && file.size <= small)) return file;
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  for (let side = 1600; side >= 800; side -= 200) {
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    for (const quality of [0.82, 0.7, 0.55]) {
      const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', quality));
      if (blob && blob.size <= small) return new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' });
    }
  }
  return file;
};

// A file goes in parts, and goes on where it stopped.
const part = 262144;
const send = async (file, url, token, progress) => {
  const headers = { 'X-Form-Token': token };
  const started = await fetch(url, { method: 'POST', headers, body: new URLSearchParams({ name: file.name, size: file.size }) });
  if (!started.ok) throw started;
  let { id, received } = await started.json();
  for (let tries = 0; received < file.size;) {
    progress(Math.round(received * 100 / file.size));
    try {
      const body = file.slice(received, received + part);
      const answer = await fetch(`${url}/${id}?from=${received}`, { method: 'PUT', headers, body });
      if (!answer.ok && answer.status !== 409) throw answer;
      received = (await answer.json()).received;
      tries = 0;
    } catch (error) {
      if (++tries > 5 || (error.status >= 400 && error.status < 500)) throw error;
      progress(-1);
      await online();
      await new Promise(done => setTimeout(done, tries * 1e3));
    }
  }
  return id;
};
const chosen = async input => {
  const place = input.parentElement.querySelector('[data-state]'), form = input.form;
  const files = [];
  for (const file of input.files) files.push(await shrink(file).catch(() => file));
  if (!files.length) return;
  try {
    const list = new DataTransfer();
    files.forEach(file => list.items.add(file));
    input.files = list.files;
  } catch { /* An old browser sends the photo as it is. */ }
  say(place, 'shrunk', files.map(file => Math.ceil(file.size / 1e3) + ' kB').join(', '));
  if (!input.dataset.upload) return;
  try {
    for (const file of files) {
      const id = await send(file, input.dataset.upload, tokenOf(form), n => n < 0 ? say(place, 'send-failed') : say(place, 'sending', n + ' %'));
      const kept = document.createElement('input');
      Object.assign(kept, { type: 'hidden', name: input.name + '-kept', value: id });
      if (!input.multiple) all(`[name="${kept.name}"]`, form).forEach(old => old.remove());
      input.before(kept);
    }
    input.value = '';
    say(place, 'sent', files.map(file => file.name).join(', '));
    form.dispatchEvent(new Event('input'));
  } catch (error) {
    say(place, error.status === 413 ? 'too-large' : 'send-failed');
  }
};
addEventListener('change', event => {
  if (event.target.matches?.('input[type=file][data-shrink]')) chosen(event.target);
});

// Drafts: on the server while there is a signal, on this device while there is none. A copy here is newer than the server's.
const typed = form => [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && name[0] !== '_');
const forget = (from, which = () => true) => Object.keys(store).forEach(key => {
  if (key.startsWith('draf:' + from) && which(JSON.parse(store.getItem(key)))) store.removeItem(key);
});
// A form arrived when the server answered the page it was sent from. After three days a copy is too old.
forget('', copy => (copy.sent && copy.page === document.referrer) || !(Date.now() - copy.at < 3 * 864e5));
// Sent or thrown away: nothing of it stays on this device.
for (const place of all('[data-drafts-done]')) forget(place.dataset.draftsDone);
const drop = all('[data-drafts-drop]')[0];
// What was sent or thrown away is not written down again by a saving that was under way.
let timer, gone;
drop?.addEventListener('submit', () => { gone = true; forget(drop.dataset.draftsDrop); });
const restore = (form, fields) => {
  for (const c of form.elements) {
    const mine = fields.filter(([name]) => name === c.name).map(field => field[1]);
    if (/radio|checkbox/.test(c.type)) c.checked = mine.includes(c.value);
    else if (mine.length && !/hidden|file/.test(c.type)) c.value = mine[0];
  }
  conditions();
};
for (const form of all('form[data-draft]')) {
  const place = form.querySelector('[data-draft-state]'), url = form.dataset.draft, key = 'draf:' + url;
  const keep = sent => {
    try {
      store.setItem(key, JSON.stringify({ at: Date.now(), page: location.href.split('#')[0], sent, fields: typed(form) }));
      if (drop) drop.hidden = false;
      return store.getItem(key);
    } catch { return null; }
  };
  const later = pause => { clearTimeout(timer); timer = setTimeout(save, pause); };
  // A weak signal does not say when it is back.
  const held = words => { later(8e3); gone || say(place, keep(false) ? words : 'save-failed'); };
  const save = async () => {
    clearTimeout(timer);
    if (gone) return;
    keep(false);
    say(place, 'saving');
    try {
      const headers = { 'X-Autosave': '1', 'X-Form-Token': tokenOf(form) };
      if (!(await fetch(url, { method: 'POST', headers, body: new URLSearchParams(typed(form)) })).ok) throw url;
      if (gone) return;
      store.removeItem(key);
      say(place, 'saved-there');
    } catch {
      held('saved-here');
    }
  };
  const copy = JSON.parse(store.getItem(key));
  if (copy) {
    restore(form, copy.fields);
    held('restored');
    // The page came: there is a signal, whatever the browser believes.
    save();
  }
  form.addEventListener('input', () => { gone = false; keep(false); later(1500); });
  addEventListener('offline', () => held('offline'));
  addEventListener('online', () => store.getItem(key) && save());
  form.addEventListener('submit', event => {
    if (navigator.onLine) { keep(true); gone = true; }
    else { event.preventDefault(); held('not-sent'); }
  });
}

// A form is sent once; the server would notice a second time anyway.
addEventListener('submit', event => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post') return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = '1';
  setTimeout(() => delete form.dataset.sent, 8e3);
});
addEventListener('pageshow', () => all('form').forEach(form => delete form.dataset.sent));
