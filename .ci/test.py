"Are the notebooks clean and exported? Do they run? Do the docs render, and look well? Does the package install? The last line counts the notebooks"
import os, re, shutil, subprocess, sys
from pathlib import Path
from tempfile import TemporaryDirectory

from nbdev.doclinks import nbglob

PREPARE = 'nbdev_clean', 'nbdev_export', 'python .ci/docs.py readme'


def generated(root):
    "The content of each file that the commands of PREPARE write"
    fns = [*nbglob(root/'nbs', as_path=True), *root.glob('urn/**/*.py'), *root.glob('README.md')]
    return {o.relative_to(root).as_posix(): o.read_bytes() for o in fns}


def stale(root):
    "The files that PREPARE would change, found on a copy: nothing here is touched"
    with TemporaryDirectory() as tmp:
        tmp = Path(tmp).resolve()
        for o in ('nbs', 'urn', '.ci'): shutil.copytree(root/o, tmp/o, symlinks=True)
        shutil.copy(root/'settings.ini', tmp)
        for o in tmp.glob('urn/**/*.py'):
            if o.name != '__init__.py': o.unlink()
        for o in PREPARE: subprocess.run(o, shell=True, check=True, cwd=tmp)
        old, new = generated(root), generated(tmp)
    return [o if o in new else f'{o} (no notebook makes it: remove it)'
            for o in sorted(old.keys() | new.keys()) if old.get(o) != new.get(o)]


def check():
    "Raise where a file is stale"
    fns = stale(Path.cwd())
    if fns: raise ValueError(f'not up to date: {", ".join(fns)}\n'
                             f'cure: . .venv/bin/activate && {" && ".join(PREPARE)}, then commit what changed')


def run():
    "Run all notebooks with nbdev_test; the numbers of those that passed and that did not"
    cmd = ['nbdev_test', '--do_print', '--timing']
    log = ''
    with subprocess.Popen(cmd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, 'PYTHONUNBUFFERED': '1'}) as p:
        for line in p.stdout:
            print(line, end='', flush=True)
            log += line
    ran, _, failed = log.partition('nbdev Tests Failed')
    ran, failed = re.findall(r'- Completed (.+?\.ipynb)', ran), re.findall(r'^\t(.+\.ipynb)$', failed, flags=re.M)
    passed = 0 if p.returncode and not failed else len(ran) - len(failed)
    return passed, len(nbglob('nbs')) - passed


def attempt(f):
    "Call `f`; the error that it raised, as a list"
    try: f()
    except (ValueError, subprocess.CalledProcessError) as e:
        print(f'FAILED: {e}', flush=True)
        return [e]
    return []


if __name__ == '__main__':
    os.chdir(Path(__file__).parent.parent)
    errors = attempt(check)
    passed, failed = run()
    for o in ('.ci/docs.py', 'site'), ('.ci/browser.py',), ('.ci/package.py',): errors += attempt(lambda: subprocess.run([sys.executable, *o], check=True))
    for e in errors: print(f'FAILED: {e}')
    print(f'{passed} passed, {failed} failed')
    sys.exit(bool(failed or errors))
