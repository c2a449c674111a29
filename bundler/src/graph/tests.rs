//! Graphs of small programs written into a folder.

use std::path::Path;

use super::find::{Entry, Origin};
use super::*;
use crate::error::Error;
use scan::Import;

/// A library of a few modules, one of them a package.
struct SmallLibrary;

impl Library for SmallLibrary {
    fn find(&self, name: &str) -> Option<bool> {
        match name {
            "json" => Some(true),
            "json.decoder" | "json.tool" | "platform" | "re" | "typing" | "importlib" | "os" | "pkgutil" => Some(false),
            _ => None,
        }
    }

    fn names(&self) -> Vec<String> {
        ["importlib", "json", "json.decoder", "re", "typing"].map(String::from).to_vec()
    }

    fn units(&self, name: &str, _target: &Target) -> Vec<bytecode::Unit> {
        let unit = |function: &str, need, module: &str| bytecode::Unit {
            function: function.into(),
            imports: vec![Import {
                wanted: scan::Wanted::Names { level: 1, module: module.into(), names: vec!["x".into()] },
                line: 1,
                need,
            }],
            mentions: Default::default(),
        };
        match name {
            "json" => vec![unit("", Need::Conditional, "decoder"), unit("main", Need::Deferred, "tool")],
            _ => Vec::new(),
        }
    }
}

/// Writes files and builds the graph of `main.py`; names with `site/` in front are installed.
fn graph_of(files: &[(&str, &str)], change: impl FnOnce(&mut Request<'_>)) -> Result<Graph, Error> {
    let folder = tempfile::tempdir().expect("a folder for the test");
    graph_in(folder.path(), files, change)
}

fn graph_in(folder: &Path, files: &[(&str, &str)], change: impl FnOnce(&mut Request<'_>)) -> Result<Graph, Error> {
    let site = folder.join("site");
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("inside the folder")).expect("it can be made");
        std::fs::write(path, text).expect("it can be written");
    }
    let sites = [site.clone()];
    let mut request = Request {
        main: Main {
            file: Some(folder.join("main.py")),
            source: std::fs::read(folder.join("main.py")).expect("every test has one"),
            virtual_path: "main.py".into(),
            package: String::new(),
        },
        search: SearchPath::new(vec![
            Entry { dir: folder.to_path_buf(), origin: Origin::Program },
            Entry { dir: site, origin: Origin::Site },
        ]),
        distributions: Distributions::read(&sites, &find::pth_entries(&sites[0])),
        editable: Vec::new(),
        library: &SmallLibrary,
        target: Target::from_triple("x86_64-unknown-linux-musl").expect("a known target"),
        hidden: Vec::new(),
        excluded: Vec::new(),
        whole: Vec::new(),
        metadata: Vec::new(),
        whole_library: false,
        progress: &|_| {},
    };
    change(&mut request);
    build(request)
}

/// The names of the modules that come from sources, the program left out.
fn own(graph: &Graph) -> Vec<&str> {
    let source = |m: &Module| matches!(m.kind, ModuleKind::Source { .. } | ModuleKind::Namespace { .. });
    graph.modules.iter().filter(|(n, m)| *n != MAIN && source(m)).map(|(n, _)| n.as_str()).collect()
}

fn names(files: &[(&str, &str)]) -> Vec<String> {
    own(&graph_of(files, |_| {}).expect("a sound program")).into_iter().map(str::to_string).collect()
}

#[test]
fn all_forms_of_imports() {
    let found = names(&[
        (
            "main.py",
            "import a, p.q\nfrom p import r\nfrom p.s import *\ndef f():\n    import b\n    from c import x\nclass C:\n    import d\n",
        ),
        ("a.py", ""),
        ("b.py", ""),
        ("c.py", ""),
        ("d.py", ""),
        ("unused.py", ""),
        ("p/__init__.py", "from . import t\nfrom .u import v\nfrom .u.w import z\n"),
        ("p/q.py", "from ..p import r\n"),
        ("p/r.py", ""),
        ("p/s/__init__.py", "__all__ = ['one', 'func']\n"),
        ("p/s/one.py", ""),
        ("p/s/two.py", ""),
        ("p/t.py", ""),
        ("p/u/__init__.py", ""),
        ("p/u/v.py", ""),
        ("p/u/w.py", ""),
    ]);
    assert_eq!(found, ["a", "b", "c", "d", "p", "p.q", "p.r", "p.s", "p.s.one", "p.t", "p.u", "p.u.v", "p.u.w"]);
}

#[test]
fn names_given_as_text() {
    let found = names(&[
        (
            "main.py",
            "import importlib\nfrom importlib import import_module as im\nimportlib.import_module('a')\nim('p.b')\n\
             im('.c', package='p')\nim('.d', 'p')\n__import__('e')\nfor n in ('f', 'g'):\n    im(n)\nN = 'h'\nim(N)\n",
        ),
        ("a.py", ""),
        ("p/__init__.py", ""),
        ("p/b.py", ""),
        ("p/c.py", ""),
        ("p/d.py", ""),
        ("e.py", ""),
        ("f.py", ""),
        ("g.py", ""),
        ("h.py", ""),
    ]);
    assert_eq!(found, ["a", "e", "f", "g", "h", "p", "p.b", "p.c", "p.d"]);
}

#[test]
fn computed_names_take_the_submodules() {
    for source in [
        "import importlib\ndef get(x):\n    return importlib.import_module(f'{__name__}.{x}')\n",
        "import importlib\ndef get(x):\n    return importlib.import_module(__name__ + '.' + x)\n",
        "import importlib\ndef get(x):\n    return importlib.import_module('.' + x, __package__)\n",
        "def get(x):\n    return __import__('p.' + x)\n",
        "def get(x):\n    return __import__('p.%s' % x, None, None, ['a'])\n",
        "def get(x):\n    return __import__('{}.{}'.format(__name__, x))\n",
        "def get(x):\n    return __import__(x, globals(), level=1)\n",
        "import pkgutil\nfor m in pkgutil.iter_modules(__path__):\n    pass\n",
        "import pkgutil, os\nfor m in pkgutil.iter_modules([os.path.dirname(__file__)]):\n    pass\n",
        "import importlib\n_T = {'x': 'a'}\ndef __getattr__(n):\n    return importlib.import_module(_T[n], __name__)\n",
        "def init(look):\n    look(__path__[0])\n",
        "import lazy_loader as lazy\n__getattr__, __dir__, __all__ = lazy.attach(__name__, ['a'])\n",
    ] {
        let files = [
            ("main.py", "import p\n"),
            ("p/__init__.py", source),
            ("p/a.py", ""),
            ("p/b/__init__.py", ""),
            ("lazy_loader.py", ""),
        ];
        let found = names(&files);
        assert!(found.iter().any(|n| n == "p.a") && found.iter().any(|n| n == "p.b"), "{source}{found:?}");
    }
}

#[test]
fn names_in_one_module_are_imported_by_another() {
    let found = names(&[
        ("main.py", "import p.app\n"),
        ("p/__init__.py", ""),
        ("p/app.py", "from p.load import load\nPARTS = ('p.one', 'p.two.Class', 'r.far', 'p.none')\nload(PARTS)\n"),
        (
            "p/load.py",
            "from importlib import import_module\ndef load(names):\n    return [import_module(n) for n in names]\n",
        ),
        ("p/one.py", ""),
        ("p/two.py", ""),
        ("p/three.py", ""),
        ("r/__init__.py", ""),
        ("r/far.py", ""),
    ]);
    assert!(["p.one", "p.two"].iter().all(|n| found.iter().any(|f| f == n)), "{found:?}");
    assert!(!found.iter().any(|f| f == "p.three"), "{found:?}");
}

#[test]
fn a_table_of_names_is_followed() {
    let found = names(&[
        ("main.py", "import p.load\n"),
        ("p/__init__.py", ""),
        ("p/load.py", "T = {'x': 'p.x.one', 'y': 'q.other', 'z': 'p.none'}\ndef f(n):\n    __import__(T[n])\n"),
        ("p/x/__init__.py", ""),
        ("p/x/one.py", ""),
        ("p/x/two.py", ""),
        ("q/__init__.py", ""),
        ("q/other.py", ""),
    ]);
    assert!(found.contains(&"p.x.one".to_string()), "{found:?}");
    assert!(!found.contains(&"p.x.two".to_string()), "{found:?}");
}

#[test]
fn the_target_decides() {
    let found = names(&[
        (
            "main.py",
            "import sys, os\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import never\nelse:\n    import a\n\
             if sys.platform == 'win32':\n    import w\nelif os.name == 'posix' and sys.version_info >= (3, 8):\n    import b\n\
             else:\n    import x\nif sys.platform.startswith('darwin') or sys.version_info[0] == 2:\n    import y\n\
             if __name__ == '__main__':\n    import c\n",
        ),
        ("a.py", "import sys\nif sys.platform != 'win32':\n    raise ImportError\nimport x\n"),
        ("b.py", ""),
        ("c.py", ""),
        ("w.py", ""),
        ("x.py", ""),
        ("y.py", ""),
    ]);
    assert_eq!(found, ["a", "b", "c"]);
}

#[test]
fn what_is_not_found_is_told_apart() {
    let graph = graph_of(
        &[(
            "main.py",
            "try:\n    import fast\nexcept ImportError:\n    fast = None\ndef f():\n    import later\n\
             import contextlib\nwith contextlib.suppress(ImportError):\n    import perhaps\n",
        )],
        |r| r.excluded.push("contextlib".into()),
    )
    .expect("nothing that is certain is missing");
    let unfound: Vec<(&str, bool)> = graph.unfound.values().map(|u| (u.name.as_str(), u.is_guarded())).collect();
    assert_eq!(unfound, [("fast", true), ("later", false), ("perhaps", true)]);
}

#[test]
fn a_certain_import_must_be_there() {
    let error = graph_of(&[("main.py", "import a\n"), ("a.py", "\nimport nowhere.at_all\n")], |_| {});
    match error {
        Err(Error::Missing { module, place, chain }) => {
            assert_eq!(module, "nowhere");
            assert_eq!(place.map(|p| p.line), Some(2));
            assert_eq!(chain, ["__main__", "a", "nowhere"]);
        }
        other => panic!("{other:?}"),
    }
    assert!(graph_of(&[("main.py", "import nowhere\n")], |r| r.excluded.push("nowhere".into())).is_ok());
}

#[test]
fn machine_code_is_named_with_its_chain() {
    let files = [
        ("main.py", "import p\n"),
        ("p/__init__.py", "from . import _fast\n"),
        ("p/_fast.cpython-313-x86_64-linux-gnu.so", ""),
    ];
    match graph_of(&files, |_| {}) {
        Err(Error::Native { module, place, .. }) => {
            assert_eq!((module.as_str(), place.map(|p| p.line)), ("p._fast", Some(1)))
        }
        other => panic!("{other:?}"),
    }
    let files = [("main.py", "import p._fast\n"), ("p/__init__.py", ""), ("p/_fast.abi3.so", "")];
    match graph_of(&files, |_| {}) {
        Err(Error::Native { module, chain, .. }) => assert_eq!((module.as_str(), chain.len()), ("p._fast", 2)),
        other => panic!("{other:?}"),
    }
    // A pure twin is taken in place of machine code.
    let files = [("main.py", "import fast\n"), ("fast.so", ""), ("fast.py", "")];
    assert_eq!(names(&files), ["fast"]);
}

#[test]
fn syntax_errors_name_the_place() {
    match graph_of(&[("main.py", "import a\n"), ("a.py", "x = 1\ny = (\n")], |_| {}) {
        Err(Error::Syntax { path, line, .. }) => {
            assert!(path.ends_with("a.py"));
            assert!(line >= 2);
        }
        other => panic!("{other:?}"),
    }
    // One that the program may never reach is no obstacle.
    let graph = graph_of(&[("main.py", "def f():\n    import a\n"), ("a.py", "y = (\n")], |_| {}).expect("not reached");
    assert!(graph.unfound["a"].broken.is_some());
}

#[test]
fn namespace_packages_have_many_folders() {
    let found = names(&[
        ("main.py", "import ns.one, ns.two\nfrom ns import three\n"),
        ("ns/one.py", ""),
        ("site/ns/two.py", ""),
        ("site/ns/three.py", ""),
    ]);
    assert_eq!(found, ["ns", "ns.one", "ns.three", "ns.two"]);
}

#[test]
fn distributions_come_with_their_entry_points() {
    let files = [
        ("main.py", "import tool\n"),
        ("site/tool/__init__.py", ""),
        ("site/tool/cli.py", ""),
        ("site/tool/other.py", ""),
        ("site/tool/data.txt", "x"),
        ("site/tool-1.0.dist-info/METADATA", "Name: Tool\nVersion: 1.0\n"),
        (
            "site/tool-1.0.dist-info/RECORD",
            "tool/__init__.py,,\ntool/cli.py,,\ntool/other.py,,\ntool/data.txt,,\n../bin/x,,\n",
        ),
        ("site/tool-1.0.dist-info/entry_points.txt", "[console_scripts]\ntool = tool.cli:main\n"),
    ];
    let folder = tempfile::tempdir().expect("a folder for the test");
    let graph = graph_in(folder.path(), &files, |_| {}).expect("a sound program");
    assert_eq!(own(&graph), ["tool", "tool.cli"]);
    let data = crate::data::collect(&graph, &[]);
    let names: Vec<&str> = data.keys().map(String::as_str).collect();
    assert_eq!(names[0], "tool-1.0.dist-info/METADATA");
    assert!(names.contains(&"tool/data.txt") && !names.iter().any(|n| n.ends_with(".py")), "{names:?}");
}

#[test]
fn the_library_comes_before_what_is_installed() {
    let graph =
        graph_of(&[("main.py", "import re, json\n"), ("site/re.py", ""), ("json.py", "")], |_| {}).expect("sound");
    assert!(matches!(graph.modules["re"].kind, ModuleKind::Library { .. }));
    assert!(matches!(graph.modules["json"].kind, ModuleKind::Source { .. }));
    let graph = graph_of(&[("main.py", "import json\n")], |_| {}).expect("sound");
    assert!(graph.modules.contains_key("json.decoder"));
}

#[test]
fn options_add_and_leave_out() {
    let files = [
        ("main.py", "import a\n"),
        ("a.py", "try:\n    import b\nexcept ImportError:\n    pass\n"),
        ("b.py", ""),
        ("c/__init__.py", ""),
        ("c/d/__init__.py", ""),
        ("c/d/e.py", ""),
    ];
    let graph = graph_of(&files, |r| {
        r.excluded.push("b".into());
        r.whole.push("c".into());
    });
    assert_eq!(own(&graph.expect("sound")), ["a", "c", "c.d", "c.d.e"]);
    assert!(graph_of(&files, |r| r.hidden.push("nowhere".into())).is_err());
    assert!(graph_of(&files, |r| r.metadata.push("nowhere".into())).is_err());
}

#[test]
fn path_files_are_followed() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let (site, other) = (folder.path().join("site"), folder.path().join("other"));
    std::fs::create_dir_all(&site).expect("it can be made");
    std::fs::create_dir_all(&other).expect("it can be made");
    std::fs::write(site.join("x.pth"), "# comment\n../other\nimport sys\n/nowhere\n").expect("it can be written");
    let dirs: Vec<_> = find::pth_entries(&site).into_iter().map(|(dir, _)| dir).collect();
    assert_eq!(dirs.len(), 1);
    assert!(dirs[0].ends_with(Path::new("other")));
}

/// The program's modules for each platform: Linux, Windows, macOS.
fn by_platform(source: &str) -> [Vec<String>; 3] {
    let files = ["lin", "win", "mac", "any", "posix_like"].map(|name| (format!("{name}.py"), ""));
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), *text)).chain([("main.py", source)]).collect();
    ["aarch64-unknown-linux-gnu", "x86_64-pc-windows-gnu", "aarch64-apple-darwin"].map(|triple| {
        let target = Target::from_triple(triple).expect("a known target");
        let graph = graph_of(&files, |request| request.target = target).expect("a sound program");
        own(&graph).into_iter().map(str::to_string).collect()
    })
}

#[test]
fn functions_of_the_library_count_when_they_are_named() {
    let of = |main: &str| graph_of(&[("main.py", main)], |_| {}).expect("sound").modules;
    assert!(!of("import json\njson.dumps([])\n").contains_key("json.tool"));
    assert!(of("import json\njson.main()\n").contains_key("json.tool"));
    assert!(of("import json\ngetattr(json, 'main')()\n").contains_key("json.tool"));
    let hidden = graph_of(&[("main.py", "")], |request| request.hidden = vec!["json".into()]).expect("sound");
    assert!(hidden.modules.contains_key("json.tool"));
}

#[test]
fn texts_with_import_statements() {
    let files = [("main.py", "def f():\n    'import example'\nexec('import json.decoder; from pkg import sub')\n")];
    let graph =
        graph_of(&[&files[..], &[("pkg/__init__.py", ""), ("pkg/sub.py", ""), ("example.py", "")]].concat(), |_| {});
    let modules = graph.expect("sound").modules;
    assert!(
        modules.contains_key("json.decoder") && modules.contains_key("pkg.sub") && !modules.contains_key("example")
    );
}

#[test]
fn imports_are_decided_for_the_target() {
    for source in [
        "import sys\nif sys.platform == 'win32':\n    import win\nelif sys.platform.startswith('linux'):\n    import lin\nelse:\n    import mac\n",
        "from sys import platform as p\nif p.startswith(('win', 'cygwin')): import win\nif p in ('darwin', 'ios'): import mac\nif 'linux' in p: import lin\n",
        "import platform\nsystem = platform.system()\nif system == 'Windows':\n    import win\nelif system == 'Darwin':\n    import mac\nelse:\n    import lin\n",
        "import platform\nif platform.system().lower() == 'windows': import win\nif 'Darwin' == platform.system(): import mac\nif platform.system() == 'Linux': import lin\n",
        "import os, sys\nWIN = os.name == 'nt'\nMAC = not WIN and sys.platform == 'darwin'\ndef f():\n    if WIN:\n        import win\n    elif MAC:\n        import mac\n    else:\n        import lin\n",
        "import sys\nmatch sys.platform:\n    case 'win32' | 'cygwin':\n        import win\n    case 'darwin':\n        import mac\n    case _:\n        import lin\n",
        "import sys\nif sys.platform[:3] == 'win': import win\nif sys.platform == 'darwin': import mac\nif sys.platform != 'win32' and sys.platform != 'darwin': import lin\n",
    ] {
        assert_eq!(by_platform(source), [["lin"], ["win"], ["mac"]], "{source}");
    }
    // A name that is given another value is no constant.
    let source = "import os\nWIN = os.name == 'nt'\nif f():\n    WIN = True\nif WIN:\n    import win\n";
    assert_eq!(by_platform(source), [["win"], ["win"], ["win"]]);
}

#[test]
fn what_other_platforms_import_is_known() {
    let source = "import sys\nif sys.platform == 'win32':\n    import win\n    import msvcrt, re\nimport json\n";
    let graph = graph_of(&[("main.py", source), ("win.py", "")], |_| {}).expect("a sound program");
    let found: Vec<_> = graph.elsewhere.iter().map(|e| (e.platform, e.name.as_str(), e.at_hand)).collect();
    assert_eq!(found, [("win32", "msvcrt", true), ("win32", "re", true), ("win32", "win", false)]);
}

#[test]
fn native_modules_of_other_platforms() {
    let guarded = "try:\n    import msvcrt\nexcept ImportError:\n    import fcntl\n";
    let graph = graph_of(&[("main.py", guarded)], |_| {}).expect("it goes on without");
    assert!(graph.modules.contains_key("fcntl") && !graph.modules.contains_key("msvcrt"));
    assert!(graph.unfound.is_empty());
    let error =
        graph_of(&[("main.py", "import a"), ("a.py", "\nimport winreg\n")], |_| {}).expect_err("it cannot start");
    let text = error.to_string();
    assert!(text.contains("a.py:2") && text.contains("'winreg' does not exist on x86_64-unknown-linux-musl"), "{text}");
}

#[test]
fn the_library_is_decided_from_bytecode() {
    let source = "import sys, os\nif sys.platform == 'win32':\n    import win\nelif sys.platform.startswith('darwin'):\n    import mac\n\
                  else:\n    import lin\nif os.name in ('posix',):\n    import posix_like\ndef f():\n    if sys.platform != 'win32':\n        \
                  import deferred\n    try:\n        import any\n    except OSError:\n        import handler\nif 'nt' in _names:\n    import ntpath\n\
                  if (x if y else sys.platform) == 'win32':\n    import open_\n";
    let code =
        freeze_compiler::compile_bytes(source.as_bytes(), "m.py", freeze_compiler::Mode::Exec, &Default::default())
            .expect("it is sound")
            .code;
    let imports = |triple: &str| {
        let target = Target::from_triple(triple).expect("a known target");
        let mut names: Vec<String> = bytecode::imports(&code, Some(&target))
            .into_iter()
            .filter_map(|import| if let scan::Wanted::Module { name, .. } = import.wanted { Some(name) } else { None })
            .filter(|name| !matches!(name.as_str(), "sys" | "os"))
            .collect();
        names.sort();
        names
    };
    let linux = ["any", "deferred", "handler", "lin", "open_", "posix_like"];
    assert_eq!(imports("x86_64-unknown-linux-gnu"), linux);
    assert_eq!(imports("x86_64-pc-windows-gnu"), ["any", "handler", "ntpath", "open_", "win"]);
    assert_eq!(imports("x86_64-apple-darwin"), ["any", "deferred", "handler", "mac", "open_", "posix_like"]);
}

#[test]
fn type_parameters_need_typing() {
    let takes_typing = |source| {
        let graph = graph_of(&[("main.py", source)], |_| {}).expect("a sound program");
        graph.modules.contains_key("typing")
    };
    assert!(takes_typing("class Box[T]: pass\n"));
    assert!(takes_typing("def first[T: int](x: T): return x"));
    assert!(takes_typing("type Pair[*Ts] = tuple[*Ts]"));
    assert!(!takes_typing("type Number = int"));
}
