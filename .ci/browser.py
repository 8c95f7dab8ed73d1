"""`python .ci/browser.py` opens the pages of _docs in Chromium, as wide as a screen and as a phone, and follows their links"""
import json, shutil, subprocess, sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from threading import Thread

LOOK = """<body><script>
const pages = {}, found = [];
async function look(url) {
  const frame = Object.assign(document.createElement('iframe'), {height: 800, src: url}), say = o => found.push(`${url}: ${o}`);
  await new Promise(done => { frame.onload = done; document.body.append(frame); });
  const doc = frame.contentDocument;
  for (const o of doc.images) {
    o.loading = 'eager';
    if (!o.complete) await new Promise(done => { o.onload = o.onerror = done; });
    if (!o.naturalWidth) say(`no picture ${o.getAttribute('src').slice(0, 80)}`);
  }
  const prose = doc.body.cloneNode(true);
  prose.querySelectorAll('pre, code, script').forEach(o => o.remove());
  if (/\\\\[([]|\\$[^$\\n]+\\$/.test(prose.textContent)) say(`a formula is not drawn: ${prose.textContent.match(/.{0,40}(\\\\[([]|\\$[^$\\n]+\\$).{0,40}/)[0]}`);
  if (prose.textContent.includes('](')) say(`a link is not drawn: ${prose.textContent.match(/.{0,40}\\]\\(.{0,40}/)[0]}`);
  for (frame.width of [1280, 390]) {
    const wide = doc.documentElement.scrollWidth;
    if (wide > frame.width) say(`is ${wide} pixels wide where ${frame.width} are shown`);
  }
  pages[url] = {ids: [...doc.querySelectorAll('[id]')].map(o => o.id), links: [...doc.links].map(o => o.href.split('?')[0])};
  frame.remove();
}
async function all() {
  const todo = [new URL('index.html', location).href], seen = new Set(todo);
  for (const url of todo) {
    if (!(await fetch(url, {method: 'HEAD'})).ok) { found.push(`${url} is not there`); continue; }
    if (!url.endsWith('.html')) continue;
    await look(url);
    for (const o of pages[url].links) {
      const to = o.split('#')[0];
      if (to.startsWith(location.origin) && !seen.has(to)) { seen.add(to); todo.push(to); }
    }
  }
  for (const [url, page] of Object.entries(pages)) for (const o of page.links) {
    const [to, id] = o.split('#');
    if (id && pages[to] && !pages[to].ids.includes(decodeURIComponent(id))) found.push(`${url}: links to ${o}, where nothing has that id`);
  }
  return {pages: Object.keys(pages), found: [...new Set(found)]};
}
all().catch(e => ({pages: [], found: [`${e.stack}`]})).then(o => fetch('told', {method: 'POST', body: JSON.stringify(o)}));
</script>"""


class Site(SimpleHTTPRequestHandler):
    "Serves a folder and the page that looks at the others, and takes what that one says"
    def do_GET(self): return super().do_GET() if self.path != '/look' else self.answer(LOOK.encode())
    def do_POST(self):
        self.server.told.put(json.loads(self.rfile.read(int(self.headers['Content-Length']))))
        self.answer(b'')
    def answer(self, body):
        self.send_response(200)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args): pass


def look(chromium, site):
    "The pages that were looked at, and what is wrong with them"
    with TemporaryDirectory() as tmp, ThreadingHTTPServer(('127.0.0.1', 0), partial(Site, directory=site)) as server:
        server.told = Queue()
        Thread(target=server.serve_forever, daemon=True).start()
        url = f'http://127.0.0.1:{server.server_port}'
        options = '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', f'--user-data-dir={tmp}'
        with subprocess.Popen([chromium, *options, f'{url}/look'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
            try: told = server.told.get(timeout=600)
            finally: browser.terminate()
        server.shutdown()
    return tuple([o.replace(f'{url}/', '') for o in told[k]] for k in ('pages', 'found'))


if __name__ == '__main__':
    chromium = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
    if not chromium: sys.exit(print('The pages were NOT looked at in a browser: install chromium for that'))
    site = Path(__file__).parent.parent/'_docs'
    if sys.version_info < (3, 11): sys.exit(print('The pages were NOT looked at in a browser: none are rendered before Python 3.11'))
    pages, found = look(chromium, site)
    built = {o.relative_to(site).as_posix() for o in site.rglob('*.html')}
    found += [f'{o}: no link leads there' for o in sorted(built - {*pages})]
    print('\n'.join([*found, f'{len(pages)} pages looked at in a browser, {len(found)} things wrong']))
    sys.exit(bool(found))
