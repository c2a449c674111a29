//! From wishes to a plan: what the program is, where its modules are looked for, what else is taken.

use std::path::{Path, PathBuf};

use crate::config::Project;
use crate::error::{Error, Result};
use crate::graph::Main;
use crate::graph::dist::Distributions;
use crate::graph::find::{self, Entry, Origin, SearchPath};
use crate::graph::library::Library as _;
use crate::image::appearance::Appearance;
use crate::look::{self, About, LookWishes};
use crate::stdlib::Stdlib;
use freeze_payload::layout;

/// What the command line and pyproject.toml ask for.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// A script, a package folder, or the name of a project script.
    pub script: Option<String>,
    /// `-m`
    pub module: Option<String>,
    /// `--entry module:function`
    pub entry: Option<String>,
    pub name: Option<String>,
    pub output: Option<PathBuf>,
    pub target: Option<String>,
    /// A stub that the user built.
    pub stub: Option<PathBuf>,
    pub paths: Vec<PathBuf>,
    pub site_packages: Vec<PathBuf>,
    pub hidden_imports: Vec<String>,
    pub excluded: Vec<String>,
    pub add_data: Vec<String>,
    pub collect_all: Vec<String>,
    pub collect_submodules: Vec<String>,
    pub collect_data: Vec<String>,
    pub copy_metadata: Vec<String>,
    pub include_source: bool,
    pub unsealed: bool,
    pub unbuffered: bool,
    pub look: LookWishes,
    pub report: Option<PathBuf>,
}

/// What will be done.
pub struct Plan {
    pub main: Main,
    pub name: String,
    pub output: PathBuf,
    pub search: SearchPath,
    pub distributions: Distributions,
    pub editable: Vec<(String, PathBuf)>,
    pub look: Appearance,
    pub wishes: Wishes,
}

/// The program, before its source is read.
struct Program {
    /// Folders to search first.
    folders: Vec<PathBuf>,
    kind: ProgramKind,
    /// A name for the result.
    name: String,
}

enum ProgramKind {
    Script(PathBuf),
    Module(String),
    Function(String, String),
}

/// Decides what is frozen and where everything is looked for.
pub fn plan(mut wishes: Wishes, library: &Stdlib) -> Result<Plan> {
    let start = match &wishes.script {
        Some(script) => {
            let path = Path::new(script);
            let folder = if path.is_dir() { Some(path) } else { path.parent() };
            folder.filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf()
        }
        None => PathBuf::from("."),
    };
    let project = Project::find(&start)?;
    if let Some(project) = &project {
        configure(&mut wishes, project);
    }
    let program = program(&wishes, project.as_ref())?;
    let (search, sites) = search_path(&wishes, &program, project.as_ref())?;
    let pth: Vec<(PathBuf, PathBuf)> = sites.iter().flat_map(|s| find::pth_entries(s)).collect();
    // As Python's own finder does, look for metadata in every folder that installed modules come from.
    let mut installed: Vec<PathBuf> = wishes.paths.iter().map(|dir| absolute(dir)).collect();
    for site in &sites {
        if !installed.contains(site) {
            installed.push(site.clone());
        }
    }
    let distributions = Distributions::read(&installed, &pth);
    let editable = sites.iter().flat_map(|s| find::editable_modules(s)).collect();
    let main = main_source(&program, &search, library)?;
    let name = wishes.name.clone().unwrap_or(program.name);
    let triple = wishes.target.clone().unwrap_or_else(crate::stubs::default_target);
    let output = output_of(wishes.output.clone(), &name, &triple, wishes.look.windowed == Some(true));
    let mut about = project.map(|project| project.about).unwrap_or_default();
    if about.version.is_none() {
        // It may be kept elsewhere (`dynamic`); where the project is installed, its metadata says it.
        about.version = installed_version(&about, &distributions);
    }
    let look = wishes.look.appearance(&about, &name, &look::file_name(&output))?;
    Ok(Plan { main, name, output, search, distributions, editable, look, wishes })
}

/// The file to write. Windows tells programs by their names' ends, and macOS keeps those with windows in folders `.app`.
pub fn output_of(given: Option<PathBuf>, name: &str, triple: &str, windowed: bool) -> PathBuf {
    let bundle = windowed && triple.ends_with("-apple-darwin");
    let suffix = if triple.contains("-windows-") { ".exe" } else { "" };
    let plain = given.unwrap_or_else(|| PathBuf::from(format!("{name}{suffix}")));
    if bundle && plain.extension().is_none_or(|end| end != "app") {
        let mut name = plain.into_os_string();
        name.push(".app");
        return PathBuf::from(name);
    }
    plain
}

fn installed_version(about: &About, distributions: &Distributions) -> Option<String> {
    let number = distributions.named(about.name.as_deref()?)?;
    Some(distributions.all[number].version.clone()).filter(|version| !version.is_empty())
}

/// Adds what `[tool.freeze]` says to what the command line does not.
fn configure(wishes: &mut Wishes, project: &Project) {
    let first = |name: &str| project.values(name).into_iter().next();
    let here = |text: String| project.folder.join(text);
    let named = wishes.script.is_some() || wishes.module.is_some() || wishes.entry.is_some();
    if !named {
        wishes.script = first("script").map(|s| here(s).display().to_string());
        wishes.module = first("module");
        wishes.entry = first("entry");
    }
    wishes.name = wishes.name.take().or_else(|| first("name"));
    wishes.output = wishes.output.take().or_else(|| first("output").map(here));
    wishes.target = wishes.target.take().or_else(|| first("target"));
    wishes.report = wishes.report.take().or_else(|| first("report").map(here));
    wishes.paths.extend(project.values("paths").into_iter().map(here));
    wishes.site_packages.extend(project.values("site-packages").into_iter().map(here));
    wishes.hidden_imports.extend(project.values("hidden-import"));
    wishes.excluded.extend(project.values("exclude-module"));
    // Sources of data count from the project's folder.
    let data = project.values("add-data").into_iter().map(|d| here(d).display().to_string());
    wishes.add_data.extend(data);
    wishes.collect_all.extend(project.values("collect-all"));
    wishes.collect_submodules.extend(project.values("collect-submodules"));
    wishes.collect_data.extend(project.values("collect-data"));
    wishes.copy_metadata.extend(project.values("copy-metadata"));
    wishes.include_source |= project.flag("include-source");
    wishes.unsealed |= project.flag("unsealed");
    wishes.unbuffered |= project.flag("unbuffered");
    wishes.look.configure(project);
}

fn program(wishes: &Wishes, project: Option<&Project>) -> Result<Program> {
    let named = [wishes.script.is_some(), wishes.module.is_some(), wishes.entry.is_some()];
    if named.iter().filter(|n| **n).count() > 1 {
        return Err(Error::usage("name one program: a script, -m module or --entry module:function", ""));
    }
    if let Some(module) = &wishes.module {
        return Ok(Program {
            folders: project_folders(project),
            kind: ProgramKind::Module(module.clone()),
            name: last_name(module),
        });
    }
    if let Some(entry) = &wishes.entry {
        let (module, function) = split_entry(entry)?;
        let name = last_name(module.split('.').next().unwrap_or(&module));
        return Ok(Program { folders: project_folders(project), kind: ProgramKind::Function(module, function), name });
    }
    let Some(script) = &wishes.script else {
        return from_project(project, None);
    };
    let path = PathBuf::from(script);
    if path.is_dir() {
        return from_folder(&path);
    }
    if path.is_file() {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(Program { folders: vec![folder], kind: ProgramKind::Script(path), name });
    }
    if project.is_some_and(|p| p.scripts.iter().any(|(name, _)| name == script)) {
        return from_project(project, Some(script));
    }
    Err(Error::other(
        format!("there is no file or folder {script}"),
        "name a Python script, a package folder, or a name under [project.scripts] of pyproject.toml",
    ))
}

/// A program out of `[project.scripts]`.
fn from_project(project: Option<&Project>, name: Option<&str>) -> Result<Program> {
    let scripts = project.map(|p| p.scripts.as_slice()).unwrap_or_default();
    let script = match (name, scripts) {
        (Some(name), _) => scripts.iter().find(|(n, _)| n == name),
        (None, [one]) => Some(one),
        (None, []) => {
            return Err(Error::usage(
                "no program was named",
                "freeze app.py -o app; or freeze -m package, or --entry module:function",
            ));
        }
        (None, _) => {
            let names: Vec<&str> = scripts.iter().map(|(n, _)| n.as_str()).collect();
            return Err(Error::usage(
                format!("pyproject.toml has several scripts: {}", names.join(", ")),
                format!("name one: freeze {}", names[0]),
            ));
        }
    };
    let Some((name, entry)) = script else { unreachable!("the caller has seen this name in the list") };
    let (module, function) = split_entry(entry)?;
    Ok(Program { folders: project_folders(project), kind: ProgramKind::Function(module, function), name: name.clone() })
}

fn from_folder(folder: &Path) -> Result<Program> {
    let main = folder.join("__main__.py");
    if !main.is_file() {
        return Err(Error::other(
            format!("the folder {} has no __main__.py", folder.display()),
            "write one that starts the program, or name a script in the folder",
        ));
    }
    let absolute = folder.canonicalize().map_err(|e| Error::io("read", folder, e))?;
    let name = absolute.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if absolute.join("__init__.py").is_file() {
        // As `python -m` runs it; its own folder serves modules that are imported without their package's name.
        let parent = absolute.parent().unwrap_or(Path::new("/")).to_path_buf();
        let folders = vec![parent, absolute.clone()];
        return Ok(Program { folders, kind: ProgramKind::Module(name.clone()), name });
    }
    Ok(Program { folders: vec![folder.to_path_buf()], kind: ProgramKind::Script(main), name })
}

fn project_folders(project: Option<&Project>) -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from(".")];
    if let Some(project) = project {
        let source = project.folder.join("src");
        if source.is_dir() {
            folders.push(source);
        }
        folders.push(project.folder.clone());
    }
    folders
}

fn split_entry(entry: &str) -> Result<(String, String)> {
    // `module:function [extra]`, as entry points are written.
    let plain = entry.split('[').next().unwrap_or(entry).trim();
    let sound = |name: &str| crate::graph::names::is_dotted_name(name);
    match plain.split_once(':') {
        Some((module, function)) if sound(module.trim()) && sound(function.trim()) => {
            Ok((module.trim().to_string(), function.trim().to_string()))
        }
        _ => {
            Err(Error::usage(format!("the entry '{entry}' is not of the form module:function"), "such as pkg.cli:main"))
        }
    }
}

fn last_name(module: &str) -> String {
    module.strip_suffix(".__main__").unwrap_or(module).rsplit('.').next().unwrap_or(module).to_string()
}

fn search_path(wishes: &Wishes, program: &Program, project: Option<&Project>) -> Result<(SearchPath, Vec<PathBuf>)> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut add = |dir: PathBuf, origin| {
        let dir = absolute(&dir);
        if !entries.iter().any(|e| e.dir == dir) {
            entries.push(Entry { dir, origin });
        }
    };
    for folder in &program.folders {
        add(folder.clone(), Origin::Program);
    }
    for (dirs, option) in [(&wishes.paths, "--paths"), (&wishes.site_packages, "--site-packages")] {
        for dir in dirs {
            if !dir.is_dir() {
                return Err(Error::other(
                    format!("{option} {}: there is no such folder", dir.display()),
                    "check the path",
                ));
            }
        }
    }
    for dir in &wishes.paths {
        add(dir.clone(), Origin::Paths);
    }
    let mut sites: Vec<PathBuf> = Vec::new();
    if wishes.site_packages.is_empty() {
        let near = program.folders.first().cloned().unwrap_or_default();
        sites = find::active_site_packages(&near);
        if let (true, Some(project)) = (sites.is_empty(), project) {
            sites = find::active_site_packages(&project.folder);
        }
    }
    for dir in &wishes.site_packages {
        // An environment may be named in place of its site-packages folder.
        if dir.join("pyvenv.cfg").is_file() {
            sites.extend(find::site_packages_of(dir));
        } else {
            sites.push(dir.clone());
        }
    }
    let sites: Vec<PathBuf> = sites.iter().map(|s| absolute(s)).collect();
    for site in &sites {
        add(site.clone(), Origin::Site);
    }
    for site in &sites {
        for (dir, _) in find::pth_entries(site) {
            add(dir, Origin::Site);
        }
    }
    Ok((SearchPath::new(entries), sites))
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// Reads or makes the source of `__main__`.
fn main_source(program: &Program, search: &SearchPath, library: &Stdlib) -> Result<Main> {
    match &program.kind {
        ProgramKind::Script(path) => {
            let source = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
            let virtual_path = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok(Main { file: Some(path.clone()), source, virtual_path, package: String::new() })
        }
        ProgramKind::Function(module, function) => {
            let head = function.split('.').next().unwrap_or(function);
            let source = format!("import sys\nfrom {module} import {head}\n\nsys.exit({function}())\n");
            Ok(Main {
                file: None,
                source: source.into_bytes(),
                virtual_path: "__main__.py".into(),
                package: String::new(),
            })
        }
        ProgramKind::Module(name) => module_main(name, search, library),
    }
}

/// The module that `-m name` runs: `name`, or `name.__main__` if it is a package.
fn module_main(name: &str, search: &SearchPath, library: &Stdlib) -> Result<Main> {
    let missing = || Error::Missing { module: name.to_string(), place: None, chain: Vec::new() };
    if !crate::graph::names::is_dotted_name(name) {
        return Err(Error::usage(format!("-m {name}: not a module name"), "name it with dots, without .py"));
    }
    let top = crate::graph::names::top_of(name);
    if search.find_top(top, |_| true).is_none()
        && let Some(main) = library_main(name, library)
    {
        return Ok(main);
    }
    let mut found = None;
    for part in name.split('.') {
        found = Some(
            match found {
                None => search.find_top(part, |_| true),
                Some(find::Found::Source { file, is_package: true, root }) => {
                    let dir = file.parent().unwrap_or(Path::new("")).to_path_buf();
                    search.find(part, [(dir, root)])
                }
                Some(find::Found::Namespace { parts }) => search.find(part, parts),
                Some(_) => None,
            }
            .ok_or_else(missing)?,
        );
    }
    let (file, package, path) = match found.ok_or_else(missing)? {
        find::Found::Source { file, is_package: false, .. } => {
            let package = name.rsplit_once('.').map_or("", |(above, _)| above).to_string();
            (file, package, format!("{}.py", name.replace('.', "/")))
        }
        find::Found::Extension { file } => {
            return Err(Error::Native { module: name.to_string(), file, place: None, chain: Vec::new() });
        }
        find::Found::Source { file, .. } => main_of(name, file.parent().unwrap_or(Path::new("")))?,
        find::Found::Namespace { parts } => main_of(name, &parts[0].0)?,
    };
    let source = std::fs::read(&file).map_err(|e| Error::io("read", &file, e))?;
    Ok(Main { file: Some(file), source, virtual_path: path, package })
}

/// The same for a module of the library; `None` if there is no such module, or none that is a program.
fn library_main(name: &str, library: &Stdlib) -> Option<Main> {
    let (module, package) = match library.find(name)? {
        true => (format!("{name}.__main__"), name.to_string()),
        false => (name.to_string(), name.rsplit_once('.').map_or("", |(above, _)| above).to_string()),
    };
    let virtual_path = layout::source_path(&module, false);
    let source = library.archive.read(&format!("{}{virtual_path}", layout::SOURCES)).ok()?.into_owned();
    Some(Main { file: None, source, virtual_path, package })
}

fn main_of(name: &str, folder: &Path) -> Result<(PathBuf, String, String)> {
    let file = folder.join("__main__.py");
    if !file.is_file() {
        return Err(Error::other(
            format!("the package {name} has no __main__.py ({})", folder.display()),
            "write one that starts the program, or use --entry module:function",
        ));
    }
    Ok((file, name.to_string(), format!("{}/__main__.py", name.replace('.', "/"))))
}
