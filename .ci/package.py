"""`python .ci/package.py` looks whether settings.ini requires what the package imports, builds the wheel from the source distribution, looks into both, and uses it with the newest fastai and fastcore;
`python .ci/package.py python3.13 ...` uses it with other Pythons instead, each with the newest of all that the package needs"""
import ast, re, shutil, subprocess, sys, sysconfig, tarfile, zipfile
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
OPTIONAL = {'pycocotools', 'pydensecrf2'}
SOURCES = 'setup.py', 'settings.ini', 'README.md', 'LICENSE'
SMOKE = """
import pkgutil, sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
import fastai, fastcore, numpy as np, urn
from urn.profiles import PROFILES
from urn.results import publish
from urn.scenes import make_scenes
from urn.stages import Study, net_probs
from urn.study import run_study
assert urn.__file__.startswith(sys.prefix), urn.__file__
for o in pkgutil.iter_modules(urn.__path__): import_module(f'urn.{o.name}')
make_scenes('data', n_train=8, n_val=2, size=32)
tiny = replace(PROFILES['scenes'], name='tiny', size=32, crop=32, cam_crop=32, width=16, bs=4, cam_epochs=1, first_epochs=1, second_epochs=1, t=(.05,))
study = Study(tiny, 'data', 'work', workers=1)
run_study(study)
publish(study, 'results')
Path('probs').mkdir()
for o in study.train_ids: np.save(f'probs/{o}.npy', net_probs(study, 'first', o)[0])
print(f'urn {urn.__version__} with fastai {fastai.__version__}, fastcore {fastcore.__version__}, Python {sys.version.split()[0]}')
"""


def run(*args, **kwargs): subprocess.run(list(map(str, args)), check=True, **kwargs)


def check_requirements():
    "ValueError where a module imports a package that settings.ini does not require"
    config = ConfigParser(delimiters=['='])
    config.read(ROOT/'settings.ini', encoding='utf-8')
    required = {re.split('[<>=]', o)[0] for o in config['DEFAULT']['requirements'].split()} | OPTIONAL
    nodes = [o for fn in (ROOT/'urn').glob('*.py') for o in ast.walk(ast.parse(fn.read_text()))]
    names = {a.name for o in nodes if isinstance(o, ast.Import) for a in o.names} | {o.module for o in nodes if isinstance(o, ast.ImportFrom) and not o.level}
    owners = packages_distributions()
    for o in {k.split('.')[0] for k in names} - {*sys.stdlib_module_names, 'urn'}:
        if not {d.lower() for d in owners.get(o, [])} & required: raise ValueError(f'settings.ini does not require {o}')


def build(out):
    "The wheel, built from the source distribution; ValueError where one of them holds what it should not, or too little"
    src = out/'src'
    shutil.copytree(ROOT/'urn', src/'urn', ignore=shutil.ignore_patterns('__pycache__'))
    for o in SOURCES: shutil.copy(ROOT/o, src)
    run(sys.executable, 'setup.py', '-q', 'sdist', '--dist-dir', out, cwd=src)
    (sdist,) = out.glob('*.tar.gz')
    run(sys.executable, '-m', 'pip', 'wheel', '-q', '--no-deps', '-w', out, sdist)
    (wheel,) = out.glob('*.whl')
    modules = {o.relative_to(src).as_posix() for o in (src/'urn').glob('*.py')}
    with tarfile.open(sdist) as t: packed = {o.split('/', 1)[1] for o in t.getnames() if '/' in o}
    with zipfile.ZipFile(wheel) as z: held = {o for o in z.namelist() if '.dist-info/' not in o}
    if missing := {*SOURCES, *modules} - packed: raise ValueError(f'{sdist.name} lacks {sorted(missing)}')
    if held != modules: raise ValueError(f'{wheel.name} and urn/ differ: {sorted(held ^ modules)}')
    return wheel


def newest(wheel, out):
    "An environment with the newest fastai and fastcore; all else comes from the environment of development"
    run(sys.executable, '-m', 'venv', out/'env')
    (site,) = (out/'env/lib').glob('python*/site-packages')
    (site/'development.pth').write_text(sysconfig.get_paths()['purelib'])
    run(out/'env/bin/pip', 'install', '-q', '-U', 'fastai', 'fastcore')
    run(out/'env/bin/pip', 'install', '-q', '--no-deps', '--force-reinstall', wheel)


def whole(wheel, out, python):
    "An environment of another Python with all that the wheel needs"
    run(python, '-m', 'venv', out/'env')
    run(out/'env/bin/pip', 'install', '-q', wheel)


def use(env, out):
    "Run the package of an environment"
    (out/'use').mkdir()
    run(env/'python', '-W', 'ignore', '-c', SMOKE, cwd=out/'use')
    run(env/'urn_weights', '--images', 'data/JPEGImages', '--probs', 'probs', '--out', 'targets', cwd=out/'use')
    for o in 'urn_study', 'urn_weights', 'urn_confident', 'urn_data', 'urn_bench': run(env/o, '--help', stdout=subprocess.DEVNULL)


if __name__ == '__main__':
    with TemporaryDirectory() as tmp:
        check_requirements()
        wheel = build(Path(tmp).resolve())
        for python in sys.argv[1:] or [None]:
            with TemporaryDirectory() as part:
                out = Path(part).resolve()
                whole(wheel, out, python) if python else newest(wheel, out)
                use(out/'env/bin', out)
