//! The whole way from wishes to an executable.

use std::path::PathBuf;

use freeze_payload::{Manifest, Payload, manifest};

use crate::error::{Error, Result};
use crate::graph::library::Library as _;
use crate::graph::target::Target;
use crate::graph::{self, Graph, MAIN, ModuleKind, Request};
use crate::plan::{Plan, Wishes};
use crate::stdlib::Stdlib;
use crate::stubs::{self, Stub};
use crate::{bundle, data, image, output, plan, report};

/// What was made.
pub struct Frozen {
    pub output: PathBuf,
    pub size: usize,
    pub graph: Graph,
}

/// Freezes a program. `progress` is told what is being done.
pub fn freeze(wishes: Wishes, progress: &dyn Fn(&str)) -> Result<Frozen> {
    let library = stubs::stdlib()?;
    let plan = plan::plan(wishes, &library)?;
    output::check_target(&plan.output)?;
    let stubs = stubs::stubs(plan.wishes.target.as_deref())?;
    let (output, wishes, name) = (plan.output.clone(), plan.wishes.clone(), plan.name.clone());
    let main = manifest::Main::Program { file: plan.main.virtual_path.clone(), package: plan.main.package.clone() };
    let graph = graph(plan, &stubs.target, &library, progress)?;
    let stub = stubs.with_modules(graph.natives())?;

    progress("packing");
    let mut files = data::collect(&graph, &extra_packages(&wishes));
    let here = PathBuf::from(".");
    for wish in &wishes.add_data {
        data::add_data(wish, &here, &mut files)?;
    }
    let manifest = Manifest {
        name,
        main,
        target: stub.target.triple.clone(),
        sealed: !wishes.unsealed,
        unbuffered: wishes.unbuffered,
        windowed: wishes.windowed,
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
    let payload = bundle::payload(&parts)?;
    let image = attach(&stub, &payload)?;
    progress("writing");
    output::write(&output, &[&image], true)?;
    if let Some(path) = &wishes.report {
        let opened = Payload::open(&payload).map_err(|e| Error::other(e.to_string(), ""))?;
        let reasons = opened.archive.read(bundle::REPORT).map(|t| report::why_from_text(&String::from_utf8_lossy(&t)));
        let json = report::json(&graph, &opened.archive, &reasons.unwrap_or_default(), stub.bytes.len(), image.len());
        let text = serde_json::to_string_pretty(&json).unwrap_or_default();
        output::write(path, &[text.as_bytes(), b"\n"], false)?;
    }
    Ok(Frozen { output, size: image.len(), graph })
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

/// The stub with the payload in it.
fn attach(stub: &Stub, payload: &[u8]) -> Result<Vec<u8>> {
    let format = image::format_of(&stub.bytes, &stub.path)?;
    format.attach(&stub.bytes, payload).map_err(|e| Error::Damaged {
        path: stub.path.clone(),
        message: format!("this {} stub cannot carry a program: {e}", format.name()),
        help: "build the stub anew with `cargo xtask build`".into(),
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
    attach(stub, &bundle::payload(&parts)?)
}
