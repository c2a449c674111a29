//! `try` with `except*`.
use rustpython_ast as ast;
use super::Lowering;
use crate::error::{Res, syntax};
impl<'a> Lowering<'a> {
    pub(crate) fn try_star(&mut self, s: &'a ast::StmtTry) -> Res<()> {
        syntax(s, "except*: not yet")
    }
}
