"""Documentation without Quarto: `python .ci/docs.py readme` writes README.md, `python .ci/docs.py site` writes _docs"""
import os, re, shutil, subprocess, sys, warnings
from html import unescape
from pathlib import Path

from latex2mathml.converter import convert
from nbdev import serve
from nbdev.config import get_config
from nbdev.doclinks import _nbpath2html
from nbdev.process import NBProcessor
from nbdev.processors import FilterDefaults, hide_

warnings.simplefilter('ignore')  # of what a page imports while it is rendered: it would be shown there


def fenced(text, lang=''): return f'```{lang}\n{text.strip()}\n```'


def show(output):
    "A stored output as Markdown"
    if output.output_type == 'stream': return fenced(''.join(output.text))
    if 'text/markdown' in output.data: return ''.join(output.data['text/markdown'])
    if any(o.startswith('image/') for o in output.data):
        raise ValueError('nbs/index.ipynb holds a picture: save it in nbs/images and link it from a markdown cell')
    return fenced(''.join(output.data['text/plain']))


def from_root(md):
    "Links relative to nbs become relative to the repository"
    return re.sub(r'(\]\(|(?:src|href)=")(?!\w+:|[/#])', r'\1nbs/', md)


def readme():
    "Write README.md from nbs/index.ipynb"
    parts = []
    for cell in NBProcessor('nbs/index.ipynb').nb.cells:
        if cell.cell_type == 'markdown': parts.append(from_root(cell.source))
        elif not {'hide', 'default_exp', 'export'} & cell.directives_.keys():
            code = re.sub(r'^#\|.*\n?', '', cell.source, flags=re.M)
            if cell.directives_.get('echo:') != ['false'] and code.strip(): parts.append(fenced(code, 'python'))
            parts += [from_root(show(o)) for o in cell.outputs]
    parts.insert(1, '<!-- written by .ci/docs.py from nbs/index.ipynb: edit that -->')
    Path('README.md').write_text('\n\n'.join(o.strip() for o in parts) + '\n', encoding='utf-8')


def page(name):
    "The notebook's name as nbdev has its page's: without the number"
    return _nbpath2html(Path(name)).with_suffix('.ipynb').as_posix()


class Filter(FilterDefaults):
    "nbdev runs each cell with an import to document what is exported: drop the hidden ones before that"
    def base_procs(self): return [hide_, *super().base_procs()]


def for_smalldocs(fn, proc, url):
    "Give the processed notebook its page's name, which Quarto takes from `output-file`, and keep links within the site"
    name = fn.relative_to(proc)
    text = re.sub(r' *"output-file: .*\n', '', fn.read_text(encoding='utf-8'))
    text = text.replace(f'{url}/', '../' * len(name.parent.parts))
    fn.unlink()
    text = re.sub(r'(?<=\]\()[\w./-]+\.ipynb', lambda m: page(m[0]), text)
    if (to := proc/page(name)).exists(): raise ValueError(f'{name} has the page of another notebook: they must differ in more than the number')
    to.write_text(text, encoding='utf-8')


def mathml(formula):
    "A formula in the page as MathML, which every browser draws without a script"
    kind, tex = formula[1], unescape(formula[2])
    res = convert(tex, display='block' if kind == 'display' else 'inline')
    if '\\' in re.sub('<.*?>', '', unescape(res)): raise ValueError(f'latex2mathml does not know all of ${tex}$: say it otherwise')
    return f'<span class="math {kind}">{res}</span>'


def with_formulas(text):
    "A page with its formulas drawn, instead of a script from the network that draws them"
    text = re.sub(r'<span class="math (inline|display)">\\[(\[](.*?)\\[)\]]</span>', mathml, text, flags=re.S)
    return re.sub(r'<(?:link|script)[^>]*/katex[^>]*>(?:</script>)?\s*', '', text)


def with_tables(text):
    "A page whose tables of pandas look like the others"
    return re.sub(r'<table (?:border="1" class="dataframe"|(id="T_\w+"))>', r'<table class="table table-sm" \1>', text)


def without_dead_links(pages):
    "The pages, text by path, without links to names that no page shows: nbdev links what is internal as well"
    ids = {k: {*re.findall(r'\bid="([^"]+)"', o)} for k, o in pages.items()}
    def checked(fn, m): return m[0] if m[2] in ids.get((fn.parent/m[1]).resolve(), [m[2]]) else m[3]
    return {k: re.sub(r'<a href="([^"#:]+)#([^"]+)"[^>]*>(<code>[^<]*</code>)</a>', lambda m: checked(k, m), o) for k, o in pages.items()}


def site():
    "Render nbs to _docs; fails where smalldocs finds something to warn about"
    if sys.version_info < (3, 11): return print('The site is not rendered: smalldocs needs Python 3.11 or newer')
    cfg = get_config()
    serve.FilterDefaults = Filter
    proc = serve.proc_nbs('nbs', force=True, n_workers=min(os.cpu_count(), 8))
    yml = (proc/'_quarto.yml').read_text()
    for fn in sorted(proc.rglob('*.ipynb')):
        if fn.name not in yml: raise ValueError(f'{fn.name} is not in the sidebar of _quarto.yml: add it there')
        for_smalldocs(fn, proc, cfg.doc_host + cfg.doc_baseurl)
    (proc/'_quarto.yml').write_text(re.sub(r'[\w./-]+\.ipynb', lambda m: page(m[0]), yml))
    subprocess.run(['smalldocs', 'render', '--strict', '--quiet', str(proc)], check=True)
    pages = {o.resolve(): with_tables(with_formulas(o.read_text(encoding='utf-8'))) for o in (proc/'_docs').rglob('*.html')}
    for fn, text in without_dead_links(pages).items(): fn.write_text(text, encoding='utf-8')
    shutil.rmtree(cfg.doc_path, ignore_errors=True)
    shutil.move(proc/'_docs', cfg.doc_path)
    print(f'Rendered to {cfg.doc_path.name}')


if __name__ == '__main__':
    import docs  # nbdev's worker processes find Filter by this name
    os.chdir(Path(__file__).parent.parent)
    for o in sys.argv[1:]: {'readme': docs.readme, 'site': docs.site}[o]()
