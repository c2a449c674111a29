//! `freeze retarget`: a program for another target out of a finished one.

use super::args::Retarget;
use super::print::err;
use crate::error::Result;
use crate::report;
use crate::retarget::{self, RetargetWishes};

/// Makes it.
pub(super) fn run(args: Retarget) -> Result<()> {
    let look = args.look.wishes();
    let Retarget { program, target, stub, output, .. } = args;
    let wishes = RetargetWishes { program, target, stub, output, look };
    let made = retarget::retarget(wishes)?;
    err(&report::lacking(&made.lacking));
    if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
        err(&format!("{}: {:.1} MB\n", made.output.display(), made.size as f64 / 1e6));
    }
    Ok(())
}
