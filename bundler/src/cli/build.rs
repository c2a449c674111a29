//! `freeze [build]`: freezes a program and says what it should know.

use std::time::Instant;

use super::args::Build;
use super::print::{Progress, err};
use crate::error::Result;
use crate::plan::Wishes;
use crate::{freeze, report};

/// Freezes.
pub(super) fn run(args: Build) -> Result<()> {
    let started = Instant::now();
    let progress = Progress::new(args.quiet);
    let quiet = args.quiet;
    let wishes = Wishes {
        script: args.script,
        module: args.module,
        entry: args.entry,
        name: args.name,
        output: args.output,
        target: args.target,
        stub: args.stub,
        paths: args.paths,
        site_packages: args.site_packages,
        hidden_imports: args.hidden_imports,
        excluded: args.excluded,
        add_data: args.add_data,
        collect_all: args.collect_all,
        collect_submodules: args.collect_submodules,
        collect_data: args.collect_data,
        copy_metadata: args.copy_metadata,
        include_source: args.include_source,
        unsealed: args.unsealed,
        unbuffered: args.unbuffered,
        look: args.look.wishes(),
        report: args.report,
    };
    let frozen = freeze::freeze(wishes, &|text| progress.say(text));
    progress.clear();
    let frozen = frozen?;
    if !quiet {
        err(&report::warnings(&frozen.graph));
        err(&report::lacking(&frozen.lacking));
        if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
            err(&format!(
                "{}: {} modules, {:.1} MB, {:.2} s\n",
                frozen.output.display(),
                frozen.graph.modules.len(),
                frozen.size as f64 / 1e6,
                started.elapsed().as_secs_f64()
            ));
        }
    }
    Ok(())
}
