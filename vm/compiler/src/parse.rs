//! Parsing, and what has to be known before lowering: future imports.

use std::borrow::Cow;

use freeze_bytecode::CodeFlags;
use rustpython_ast::PythonVersion;
use rustpython_ast::statement_visitor::{StatementVisitor, walk_stmt};
use rustpython_ast::{Expr, Mod, Stmt};
use rustpython_parser::{
    LexicalErrorType, ParseError, ParseErrorType, ParseOptions, UnsupportedSyntaxError, UnsupportedSyntaxErrorKind,
};
use rustpython_text_size::{Ranged, TextRange, TextSize};

use crate::error::{CompileError, ErrorKind, Res, syntax};
use crate::source::Source;
use crate::{Mode, Options};

/// Parses decoded text.
pub fn parse(source: &Source, filename: &str, mode: Mode) -> Result<Mod, CompileError> {
    parse_as(source, filename, mode, &Options::default())
}

/// The same, with what `options` say about parsing.
pub fn parse_as(source: &Source, filename: &str, mode: Mode, options: &Options) -> Result<Mod, CompileError> {
    parse_with(source, filename, mode, options).map(|parsed| parsed.tree)
}

/// The parser's errors without one that it finds wrongly: in `x; match = 1` it takes the name `match` for a statement that may
/// not stand there.
fn true_errors(parsed: &rustpython_parser::Parsed<Mod>) -> Cow<'_, [ParseError]> {
    let doubtful = |e: &ParseError| matches!(e.error, ParseErrorType::SimpleAndCompoundStatementOnSameLine);
    if !parsed.errors().iter().any(doubtful) {
        return Cow::Borrowed(parsed.errors());
    }
    let mut statements = Statements::default();
    if let Mod::Module(module) = parsed.syntax() {
        statements.visit_body(&module.body);
    }
    let wrong = |e: &ParseError| doubtful(e) && statements.simple.contains(&e.location.start());
    parsed.errors().iter().filter(|e| !wrong(e)).cloned().collect()
}

/// Where the statements begin that are not compound ones.
#[derive(Default)]
struct Statements {
    simple: Vec<TextSize>,
}

impl<'a> StatementVisitor<'a> for Statements {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if matches!(statement, Stmt::Expr(_) | Stmt::Assign(_) | Stmt::AugAssign(_) | Stmt::AnnAssign(_)) {
            self.simple.push(statement.start());
        }
        walk_stmt(self, statement);
    }
}

/// A parsed source and what the parser only warns about.
pub(crate) struct Parsed {
    pub(crate) tree: Mod,
    pub(crate) warnings: Vec<(TextRange, String)>,
}

pub(crate) fn parse_with(
    source: &Source,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Result<Parsed, CompileError> {
    let parser_mode = match mode {
        Mode::Exec | Mode::Single => rustpython_parser::Mode::Module,
        Mode::Eval => rustpython_parser::Mode::Expression,
    };
    crate::nesting::check(source.text()).map_err(|failure| failure.locate(source, filename))?;
    let unequal = if options.future_flags & CodeFlags::FUTURE_BARRY_AS_BDFL != 0 {
        plain_unequal(source).map_err(|failure| failure.locate(source, filename))?
    } else {
        None
    };
    let text = unequal.as_deref().unwrap_or(source.text());
    let version = options.feature_version.map_or(PythonVersion::latest(), |minor| PythonVersion { major: 3, minor });
    let parser_options = ParseOptions::from(parser_mode).with_target_version(version);
    let parsed = rustpython_parser::parse_unchecked(text, parser_options);
    let errors = true_errors(&parsed);
    if !errors.is_empty() {
        if mode == Mode::Eval
            && let Some(failure) = unexpected_indent(source, text)
        {
            return Err(failure.locate(source, filename));
        }
        let mut failure = crate::diagnose::explain(source, parsed.tokens(), &errors);
        if options.allow_incomplete_input && ends_early(source, &errors) {
            failure.kind = ErrorKind::Incomplete;
            failure.message = "incomplete input".into();
        }
        return Err(failure.locate(source, filename));
    }
    if let Some(failure) = wrong_tokens(source, parsed.tokens(), options.int_max_str_digits) {
        return Err(failure.locate(source, filename));
    }
    if options.feature_version.is_some()
        && let Some(failure) = parsed.unsupported_syntax_errors().iter().find_map(newer_syntax)
    {
        return Err(failure.locate(source, filename));
    }
    let mut warnings = if source.text().contains('\\') {
        crate::literal::invalid_escapes(source, parsed.tokens())
    } else {
        Vec::new()
    };
    warnings.extend(crate::literal::run_together(source, parsed.tokens()));
    let tree = parsed.into_syntax();
    if mode == Mode::Single
        && let Mod::Module(module) = &tree
    {
        check_single(&module.body, source, options).map_err(|failure| failure.locate(source, filename))?;
    }
    Ok(Parsed { tree, warnings })
}

/// An expression that stands behind indentation, where the parser sees no more than a token that it did not expect.
fn unexpected_indent(source: &Source, text: &str) -> Option<Box<crate::error::Failure>> {
    let parsed = rustpython_parser::parse_unchecked(text, ParseOptions::from(rustpython_parser::Mode::Module));
    let first = parsed.errors().iter().min_by_key(|e| e.location.start())?;
    let indent = matches!(first.error, ParseErrorType::UnexpectedIndentation);
    indent.then(|| crate::diagnose::explain(source, parsed.tokens(), std::slice::from_ref(first)).into())
}

/// What older versions than it came with do not understand, as far as CPython looks at that.
fn newer_syntax(error: &UnsupportedSyntaxError) -> Option<Box<crate::error::Failure>> {
    use UnsupportedSyntaxErrorKind as Kind;
    let (what, since) = match error.kind {
        Kind::Walrus => ("Assignment expressions are", 8),
        Kind::PositionalOnlyParameter => ("Positional-only parameters are", 8),
        Kind::ParenthesizedContextManager => ("Parenthesized context managers are", 9),
        Kind::Match => ("Pattern matching is", 10),
        Kind::ExceptStar => ("Exception groups are", 11),
        Kind::TypeParameterList => ("Type parameter lists are", 12),
        Kind::TypeAliasStatement => ("Type statement is", 12),
        Kind::TypeParamDefault => ("Type parameter defaults are", 13),
        _ => return None,
    };
    Some(crate::error::failure(error.range, format!("{what} only supported in Python 3.{since} and greater")))
}

/// What the parser lets pass: `from a import (*)`, and decimal numbers longer than the limit.
fn wrong_tokens(
    source: &Source,
    tokens: &[rustpython_ast::token::Token],
    limit: u32,
) -> Option<Box<crate::error::Failure>> {
    use rustpython_ast::token::TokenKind as Kind;
    for three in tokens.windows(3) {
        if let [import, open, star] = three
            && import.kind() == Kind::Import
            && open.kind() == Kind::Lpar
            && star.kind() == Kind::Star
        {
            return Some(crate::error::failure(star.range(), "invalid syntax"));
        }
    }
    let long = |t: &&rustpython_ast::token::Token| t.kind() == Kind::Int && u32::from(t.range().len()) > limit;
    for token in tokens.iter().filter(long).filter(|_| limit > 0) {
        let text = source.text()[token.range()].as_bytes();
        let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
        let plain = !matches!(text.get(1), Some(b'x' | b'X' | b'o' | b'O' | b'b' | b'B'));
        if plain && digits > limit as usize {
            let message = format!(
                "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; use \
                 sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to \
                 avoid decimal conversion limits."
            );
            return Some(crate::error::failure(token.range(), message));
        }
    }
    None
}

/// The source with `!=` for every `<>`, which is the operator under `from __future__ import barry_as_FLUFL`; the other is
/// none then. Both are as long, so that places stay what they are. None where there is nothing to change.
fn plain_unequal(source: &Source) -> Res<Option<String>> {
    use rustpython_ast::token::TokenKind as Kind;
    let parsed = rustpython_parser::parse_unchecked(source.text(), ParseOptions::from(rustpython_parser::Mode::Module));
    if let Some(token) = parsed.tokens().iter().find(|t| t.kind() == Kind::NotEqual) {
        return syntax(token, "with Barry as BDFL, use '<>' instead of '!='");
    }
    let mut changed = None;
    for pair in parsed.tokens().windows(2) {
        let joined = pair[0].end() == pair[1].start();
        if pair[0].kind() == Kind::Less && pair[1].kind() == Kind::Greater && joined {
            let text = changed.get_or_insert_with(|| source.text().to_owned());
            text.replace_range(pair[0].start().to_usize()..pair[1].end().to_usize(), "!=");
        }
    }
    Ok(changed)
}

/// Whether more input could repair the first error: it lies at the end, or a bracket or string is still open.
fn ends_early(source: &Source, errors: &[ParseError]) -> bool {
    let end = source.text().trim_end().len();
    errors.iter().any(|e| {
        let open_string = matches!(&e.error, ParseErrorType::Lexical(LexicalErrorType::UnclosedStringError))
            && e.location.end().to_usize() >= end
            && ["\'\'\'", "\"\"\""].iter().any(|q| source.text()[e.location.start().to_usize()..].contains(q));
        open_string
            || e.location.start().to_usize() >= end
                && !matches!(e.error, ParseErrorType::Lexical(LexicalErrorType::UnclosedStringError))
    })
}

/// Interactive input is one statement, or several on one line.
fn check_single(body: &[Stmt], source: &Source, options: &Options) -> Res<()> {
    for pair in body.windows(2) {
        let between = &source.text()[pair[0].end().to_usize()..pair[1].start().to_usize()];
        if between.contains('\n') {
            return syntax(&pair[1], "multiple statements found while compiling a single statement");
        }
    }
    let Some(last) = body.last() else {
        let end = TextSize::new(source.text().len() as u32);
        let mut failure = crate::error::failure(TextRange::empty(end), "invalid syntax");
        if options.allow_incomplete_input {
            failure.kind = ErrorKind::Incomplete;
            failure.message = "incomplete input".into();
        }
        return Err(failure);
    };
    let compound = !last.range().is_empty()
        && matches!(
            last,
            Stmt::FunctionDef(_)
                | Stmt::ClassDef(_)
                | Stmt::If(_)
                | Stmt::For(_)
                | Stmt::While(_)
                | Stmt::With(_)
                | Stmt::Match(_)
                | Stmt::Try(_)
        );
    // A block may go on until an empty line ends it.
    if compound && !source.text().ends_with('\n') {
        if options.allow_incomplete_input && options.dont_imply_dedent {
            let mut failure = crate::error::failure(last.range(), "incomplete input");
            failure.kind = ErrorKind::Incomplete;
            return Err(failure);
        }
        // The end of the input ends an indented block, but a block on the line of its head wants a line's end.
        let last_line = source.text().rsplit('\n').next().unwrap_or_default();
        if options.dont_imply_dedent || !last_line.starts_with([' ', '\t']) {
            return syntax(last, "invalid syntax");
        }
    }
    Ok(())
}

/// The flags of the future imports that a body begins with.
pub(crate) fn future_flags(body: &[Stmt]) -> Res<u32> {
    let mut flags = 0;
    let mut allowed = true;
    for (i, stmt) in body.iter().enumerate() {
        match stmt {
            Stmt::ImportFrom(s) if s.level == 0 && s.module.as_ref().is_some_and(|m| m.as_str() == "__future__") => {
                if !allowed {
                    return syntax(s, "from __future__ imports must occur at the beginning of the file");
                }
                for alias in &s.names {
                    flags |= match alias.name.as_str() {
                        "nested_scopes" | "generators" => 0,
                        "division" => CodeFlags::FUTURE_DIVISION,
                        "absolute_import" => CodeFlags::FUTURE_ABSOLUTE_IMPORT,
                        "with_statement" => CodeFlags::FUTURE_WITH_STATEMENT,
                        "print_function" => CodeFlags::FUTURE_PRINT_FUNCTION,
                        "unicode_literals" => CodeFlags::FUTURE_UNICODE_LITERALS,
                        "barry_as_FLUFL" => CodeFlags::FUTURE_BARRY_AS_BDFL,
                        "generator_stop" => CodeFlags::FUTURE_GENERATOR_STOP,
                        "annotations" => CodeFlags::FUTURE_ANNOTATIONS,
                        "braces" => return syntax(s, "not a chance"),
                        other => return syntax(s, format!("future feature {other} is not defined")),
                    };
                }
            }
            Stmt::Expr(s) if i == 0 && matches!(&*s.value, Expr::StringLiteral(_)) => {}
            _ => allowed = false,
        }
    }
    Ok(flags)
}
