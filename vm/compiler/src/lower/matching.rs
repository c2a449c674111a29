//! `match` statements.
use rustpython_ast as ast;
use super::Lowering;
use crate::error::{Res, syntax};
impl<'a> Lowering<'a> {
    pub(crate) fn match_stmt(&mut self, s: &'a ast::StmtMatch) -> Res<()> {
        syntax(s, "match: not yet")
    }
}
