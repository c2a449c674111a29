//! The whole way from wishes to an executable.

use std::path::{Path, PathBuf};

use freeze_payload::{Manifest, Payload, manifest};

use crate::error::{Error, Result};
use crate::graph::library::Library as _;
use crate::graph::target::{self, Target};
use crate::graph::{self, Graph, MAIN, ModuleKind, Request};
use crate::image::appearance::{Appearance, Manifest as ApplicationManifest};
use crate::image::icon;
use crate::image::macho;
use crate::image::macho::bundle::BundleFile;
use crate::plan::{Plan, Wishes};
use crate::stdlib::Stdlib;
use crate::stubs::{self, Stub, Stubs};
use crate::{bundle, data, image, look, output, plan, report};

/// What was made.
pub struct Frozen {
    pub output: PathBuf,
    pub size: usize,
    pub graph: Graph,
    /// Native modules that the program asks for and its stubs have not, with the target of each such stub.
    pub lacking: Vec<(String, Vec<String>)>,
}

/// Freezes a program. `progress` is told what is being done.
pub fn freeze(wishes: Wishes, progress: &dyn Fn(&str)) -> Result<Frozen> {
    let library = stubs::stdlib()?;
    let plan = plan::plan(wishes, &library)?;
    let stubs = stubs_of(plan.wishes.stub.as_deref(), plan.wishes.target.as_deref())?;
    let target = &stubs[0].target;
    let windowed = plan.wishes.look.windowed == Some(true);
    let as_bundle = is_bundle(target, windowed);
    check_output(&plan.output, as_bundle)?;
    icon::check(&plan.look.icons, target.sys_platform)?;
    let written: Vec<PathBuf> =
        [Some(&plan.output), plan.wishes.report.as_ref()].into_iter().flatten().cloned().collect();
    spare(&written, plan.main.file.as_deref().into_iter())?;
    let (output, wishes, name, look) = (plan.output.clone(), plan.wishes.clone(), plan.name.clone(), plan.look.clone());
    let main = manifest::Main::Program { file: plan.main.virtual_path.clone(), package: plan.main.package.clone() };
    let graph = graph(plan, target, &library, progress)?;
    let chosen = stubs.iter().map(|stubs| stubs.with_modules(graph.natives())).collect::<Result<Vec<_>>>()?;

    progress("packing");
    let mut files = data::collect(&graph, &extra_packages(&wishes));
    let here = PathBuf::from(".");
    for wish in &wishes.add_data {
        data::add_data(wish, &here, &mut files)?;
    }
    let sources = graph.modules.values().filter_map(|module| match &module.kind {
        ModuleKind::Source { file, .. } => file.as_deref(),
        _ => None,
    });
    spare(&written, sources.chain(files.values().map(|file| file.source.as_path())))?;
    let mut payloads = Vec::new();
    for stub in &chosen {
        let manifest = Manifest {
            name: name.clone(),
            main: main.clone(),
            target: stub.target.triple.clone(),
            sealed: !wishes.unsealed,
            unbuffered: wishes.unbuffered,
            windowed,
            other: look::to_manifest(&look),
            ..Manifest::default()
        };
        let parts = bundle::Parts {
            graph: &graph,
            library: &library,
            data: &files,
            manifest: &manifest,
            sources: wishes.include_source,
            stub: report::stub(&stub.chosen_for, &graph),
        };
        payloads.push(bundle::payload(&parts)?);
    }
    let made = make(&chosen, &payloads, &look, as_bundle.then_some(output.as_path()))?;
    progress("writing");
    made.write(&output)?;
    if let Some(path) = &wishes.report {
        let opened = Payload::open(&payloads[0]).map_err(|e| Error::other(e.to_string(), ""))?;
        let reasons = opened.archive.read(bundle::REPORT).map(|t| report::why_from_text(&String::from_utf8_lossy(&t)));
        let stubs_len = chosen.iter().map(|stub| stub.bytes.len()).sum();
        let json = report::json(&graph, &opened.archive, &reasons.unwrap_or_default(), stubs_len, made.size());
        let text = serde_json::to_string_pretty(&json).unwrap_or_default();
        output::write(path, &[text.as_bytes(), b"\n"], false)?;
    }
    Ok(Frozen { output, size: made.size(), graph, lacking: stubs::lacking(&chosen) })
}

/// Refuses to write over what the program is made of.
fn spare<'a>(written: &[PathBuf], sources: impl Iterator<Item = &'a Path>) -> Result<()> {
    let real = |path: &Path| path.canonicalize().ok();
    // What is not there yet is nothing that the program could be made of: mostly nothing is left to look at.
    let there: Vec<(&PathBuf, PathBuf)> = written.iter().filter_map(|path| real(path).map(|at| (path, at))).collect();
    if there.is_empty() {
        return Ok(());
    }
    let mut sources = sources.filter_map(real);
    let Some((path, _)) = sources.find_map(|source| there.iter().find(|(_, at)| *at == source)) else { return Ok(()) };
    Err(Error::usage(
        format!("{} would be written over, which the program is made of", path.display()),
        "name another output with -o, or another --report",
    ))
}

/// The stub that the user names, or those for a target: of each architecture that it stands for.
pub(crate) fn stubs_of(stub: Option<&Path>, triple: Option<&str>) -> Result<Vec<Stubs>> {
    if let Some(path) = stub {
        return Ok(vec![stubs::named(path, triple)?]);
    }
    let triple = triple.map_or_else(stubs::default_target, str::to_owned);
    target::architectures(&triple).iter().map(|one| stubs::stubs(Some(one))).collect()
}

/// Whether a program is kept in a folder `.app`.
pub(crate) fn is_bundle(target: &Target, windowed: bool) -> bool {
    windowed && target.sys_platform == "darwin"
}

/// Checks early that the output can be written.
pub(crate) fn check_output(output: &Path, as_bundle: bool) -> Result<()> {
    if as_bundle { output::check_bundle(output) } else { output::check_target(output) }
}

/// A program that has been made and is still to be written.
pub(crate) enum Made {
    File(Vec<u8>),
    Folder(Vec<BundleFile>),
}

impl Made {
    pub(crate) fn size(&self) -> usize {
        match self {
            Made::File(bytes) => bytes.len(),
            Made::Folder(files) => files.iter().map(|file| file.content.len()).sum(),
        }
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        match self {
            Made::File(bytes) => output::write(path, &[bytes], true),
            Made::Folder(files) => {
                let parts = files.iter().map(|file| output::Part {
                    path: &file.path,
                    content: &file.content,
                    executable: file.executable,
                });
                output::write_folder(path, &parts.collect::<Vec<_>>())
            }
        }
    }
}

/// Puts each payload into its stub; several become one universal program. `bundle` is the folder `.app` that it is for.
pub(crate) fn make(stubs: &[Stub], payloads: &[Vec<u8>], look: &Appearance, bundle: Option<&Path>) -> Result<Made> {
    let first = &stubs[0];
    let program = |look: &Appearance| -> Result<Vec<u8>> {
        let images = stubs.iter().zip(payloads).map(|(stub, payload)| attach(stub, payload, look));
        let mut images = images.collect::<Result<Vec<_>>>()?;
        if images.len() == 1 {
            return Ok(images.remove(0));
        }
        macho::join(&images).map_err(|e| Error::other(format!("cannot join the architectures: {e}"), ""))
    };
    match bundle {
        None => program(look).map(Made::File),
        Some(output) => {
            let name = output.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            macho::bundle::files(&name, &first.bytes, look, program).map(Made::Folder)
        }
    }
}

fn graph(plan: Plan, target: &Target, library: &Stdlib, progress: &dyn Fn(&str)) -> Result<Graph> {
    let Plan { main, search, distributions, editable, wishes, .. } = plan;
    let mut whole: Vec<String> = Vec::new();
    let mut metadata = wishes.copy_metadata.clone();
    for name in &wishes.collect_submodules {
        whole.push(name.clone());
    }
    for name in &wishes.collect_all {
        // The name is that of a distribution, or else of a package.
        match distributions.named(name).map(|d| &distributions.all[d]) {
            Some(dist) => {
                metadata.push(name.clone());
                let tops = dist.top_modules();
                whole.extend(if tops.is_empty() { vec![name.clone()] } else { tops });
            }
            None => whole.push(name.clone()),
        }
    }
    let request = Request {
        main,
        search,
        distributions,
        editable,
        library,
        target: target.clone(),
        hidden: [wishes.hidden_imports.clone(), wishes.collect_data.clone()].concat(),
        excluded: wishes.excluded.clone(),
        whole,
        metadata,
        whole_library: false,
        progress: &|n| progress(&format!("{n} modules")),
    };
    graph::build(request)
}

fn extra_packages(wishes: &Wishes) -> Vec<String> {
    [wishes.collect_all.clone(), wishes.collect_data.clone()].concat()
}

/// The stub with the payload in it. That it serves its target was seen when it was loaded.
fn attach(stub: &Stub, payload: &[u8], look: &Appearance) -> Result<Vec<u8>> {
    let format = image::format_of(&stub.bytes, &stub.path)?;
    let image = format.build(&stub.bytes, payload, look);
    image.map_err(|e| Error::Damaged {
        path: stub.path.clone(),
        message: format!("this {} stub cannot carry a program: {e}", format.name()),
        help: "build the stub anew: `cargo xtask build` makes the host's, `cargo xtask stubs` those of other targets"
            .into(),
    })
}

/// The executable that runs programs from source: a stub with the whole library, told to act as `python` does.
pub fn interpreter(stub: &Stub, library: &Stdlib) -> Result<Vec<u8>> {
    let mut graph = Graph::default();
    for name in library.names() {
        let is_package = library.find(&name).unwrap_or(false);
        let kind = ModuleKind::Library { is_package };
        graph.modules.insert(name, graph::Module { kind, why: graph::Why::Implicit, distribution: None });
    }
    debug_assert!(!graph.modules.contains_key(MAIN), "the library has no program");
    let manifest = Manifest {
        name: "python3.14".into(),
        main: manifest::Main::Command,
        target: stub.target.triple.clone(),
        sealed: false,
        ..Manifest::default()
    };
    let files = data::DataFiles::new();
    let parts =
        bundle::Parts { graph: &graph, library, data: &files, manifest: &manifest, sources: true, stub: String::new() };
    let look =
        Appearance { manifest: ApplicationManifest::Own, identifier: manifest.name.clone(), ..Appearance::default() };
    attach(stub, &bundle::payload(&parts)?, &look)
}
