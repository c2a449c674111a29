//! Errors of the grammar for which CPython has words of its own.

use rustpython_ast::token::TokenKind as Kind;
use rustpython_parser::{InterpolatedStringErrorType, ParseError, ParseErrorType as E};
use rustpython_text_size::{TextRange, TextSize};

use super::targets::{begins_operand, expr_name};
use super::{Context, Tok, lexical};
use crate::error::Failure;

/// The message for an error, or None if it is plain "invalid syntax".
pub(super) fn specific(c: &Context<'_>, error: &ParseError) -> Option<Failure> {
    let at = error.location;
    let say = |message: &str| Some(c.fail(at, message));
    match &error.error {
        E::Lexical(e) => lexical::lexical(c, e, at),
        E::FStringError(e) => forgotten_in_field(c, e, at).or_else(|| lexical::interpolated(c, e, "f-string", at)),
        E::TStringError(e) => lexical::interpolated(c, e, "t-string", at),
        E::InvalidAssignmentTarget => Some(c.bad_target(at)),
        E::InvalidNamedAssignmentTarget => {
            let name = c.expr_at(at).map_or("expression", |e| expr_name(&e));
            Some(c.fail(at, format!("cannot use assignment expressions with {name}")))
        }
        E::InvalidDeleteTarget => Some(c.bad_delete(at)),
        E::InvalidAugmentedAssignmentTarget => Some(c.bad_augmented(at)),
        E::InvalidAnnotatedAssignmentTarget => c.bad_annotated(at),
        E::UnparenthesizedGeneratorExpression => say("Generator expression must be parenthesized"),
        E::ParamAfterVarKeywordParam => say("arguments cannot follow var-keyword argument"),
        E::NonDefaultParamAfterDefaultParam => say("parameter without a default follows parameter with a default"),
        E::VarParameterWithDefault => {
            // After an annotation with a star of its own nothing in particular is expected.
            let name = c.toks[..c.index_at(at.start())].iter().rposition(|t| t.kind == Kind::Colon);
            let starred = name.is_some_and(|colon| c.toks.get(colon + 1).is_some_and(|t| t.kind == Kind::Star));
            if starred && c.text(at).starts_with('=') {
                return None;
            }
            let double = c.toks[..c.index_at(at.start())]
                .iter()
                .rev()
                .find(|t| matches!(t.kind, Kind::Star | Kind::DoubleStar))
                .is_some_and(|t| t.kind == Kind::DoubleStar);
            say(if double {
                "var-keyword argument cannot have default value"
            } else {
                "var-positional argument cannot have default value"
            })
        }
        E::ExpectedKeywordParam => say("named arguments must follow bare *"),
        E::DuplicateKeywordArgumentError(name) => Some(c.fail(at, format!("keyword argument repeated: {name}"))),
        E::PositionalAfterKeywordArgument => Some(
            unclosed(c, at).unwrap_or_else(|| c.fail(closing(c, at), "positional argument follows keyword argument")),
        ),
        E::PositionalAfterKeywordUnpacking => Some(
            unclosed(c, at)
                .unwrap_or_else(|| c.fail(closing(c, at), "positional argument follows keyword argument unpacking")),
        ),
        E::InvalidArgumentUnpackingOrder => {
            if let Some(failure) = lone_star(c, at) {
                return Some(failure);
            }
            let start = c.before(at.start()).map_or(at.start(), |t| t.range.start());
            Some(c.fail(
                TextRange::new(start, at.end()),
                "iterable argument unpacking follows keyword argument unpacking",
            ))
        }
        E::IterableUnpackingInComprehension => say("iterable unpacking cannot be used in comprehension"),
        E::EmptyTypeParams => say("Type parameter list cannot be empty"),
        E::EmptyImportNames => say("Expected one or more names after 'import'"),
        E::ExpectedRealNumber => say("real number required in complex literal"),
        E::ExpectedImaginaryNumber => say("imaginary number required in complex literal"),
        E::UnexpectedIndentation => {
            let (_, column) = c.source.line_and_byte(at.end().to_u32());
            let end = at.end();
            let start = if column > 0 { end - TextSize::new(1) } else { end };
            Some(c.indentation(TextRange::new(start, end), "unexpected indent"))
        }
        E::InvalidStarredExpressionUsage => lone_star(c, at).or_else(|| starred(c, at)),
        E::ExpectedExpression => expected_expression(c, at),
        E::ExpectedToken { expected, found } => expected_token(c, *expected, *found, at),
        E::SimpleStatementsOnSameLine | E::SimpleAndCompoundStatementOnSameLine => same_line(c, at),
        E::OtherError(text) => other(c, text, at),
        _ => None,
    }
}

/// A comma that is missing in a replacement field that seems to end too early.
fn forgotten_in_field(c: &Context<'_>, error: &InterpolatedStringErrorType, at: TextRange) -> Option<Failure> {
    if matches!(error, InterpolatedStringErrorType::UnclosedLbrace) { forgotten(c, at) } else { None }
}

/// The bracket that closes what a range stands in.
fn closing(c: &Context<'_>, at: TextRange) -> TextRange {
    let mut depth = 0;
    for tok in &c.toks[c.index_at(at.start())..] {
        match tok.kind {
            Kind::Lpar | Kind::Lsqb | Kind::Lbrace => depth += 1,
            Kind::Rpar | Kind::Rsqb | Kind::Rbrace if depth == 0 => return tok.range,
            Kind::Rpar | Kind::Rsqb | Kind::Rbrace => depth -= 1,
            _ => {}
        }
    }
    at
}

/// The bracket around `at` that nothing closes: CPython then says only that.
fn unclosed(c: &Context<'_>, at: TextRange) -> Option<Failure> {
    match c.brackets() {
        super::Brackets::Open(range, bracket) if range.start() < at.start() => {
            Some(c.fail(range, format!("'{bracket}' was never closed")))
        }
        _ => None,
    }
}

/// A star in brackets that has nothing to unpack.
fn lone_star(c: &Context<'_>, at: TextRange) -> Option<Failure> {
    let index = c.index_at(at.start());
    let (star, next) = (c.toks.get(index)?, c.toks.get(index + 1)?);
    let before = c.toks.get(index.checked_sub(1)?)?;
    let lone = star.kind == Kind::Star
        && matches!(before.kind, Kind::Lpar | Kind::Lsqb | Kind::Comma)
        && matches!(next.kind, Kind::Rpar | Kind::Rsqb | Kind::Comma | Kind::Colon)
        && !c.open_before(at.start()).is_empty();
    lone.then(|| c.fail(next.range, "Invalid star expression"))
}

fn starred(c: &Context<'_>, at: TextRange) -> Option<Failure> {
    let before = c.before(at.start()).map(|t| t.kind);
    let after = c.after(at.end()).map(|t| t.kind);
    let message = match (before, after) {
        (Some(Kind::Lpar), Some(Kind::Rpar)) => "cannot use starred expression here",
        (Some(Kind::Colon), _) if c.open_before(at.start()).last().is_some_and(|t| t.kind == Kind::Lbrace) => {
            "cannot use a starred expression in a dictionary value"
        }
        (None | Some(Kind::Newline | Kind::Indent | Kind::Dedent | Kind::Semi | Kind::Equal | Kind::Return), _)
            if c.open_before(at.start()).is_empty() =>
        {
            "can't use starred expression here"
        }
        _ => return None,
    };
    Some(c.fail(at, message))
}

/// Whether an offset lies between the braces of an f-string, and the brace then.
fn replacement_field(c: &Context<'_>, at: TextSize) -> Option<Tok> {
    let mut strings: Vec<Vec<Tok>> = Vec::new();
    for tok in &c.toks[..c.index_at(at)] {
        match tok.kind {
            Kind::FStringStart | Kind::TStringStart => strings.push(Vec::new()),
            Kind::FStringEnd | Kind::TStringEnd => {
                strings.pop();
            }
            Kind::Lbrace => {
                if let Some(open) = strings.last_mut() {
                    open.push(*tok);
                }
            }
            Kind::Rbrace => {
                if let Some(open) = strings.last_mut() {
                    open.pop();
                }
            }
            _ => {}
        }
    }
    strings.last().and_then(|open| open.last()).copied()
}

fn expected_expression(c: &Context<'_>, at: TextRange) -> Option<Failure> {
    let index = c.index_at(at.start());
    let before = index.checked_sub(1).map(|i| c.toks[i])?;
    let here = c.toks.get(index).copied()?;
    if replacement_field(c, at.start()).is_some() && before.kind == Kind::Lbrace {
        return Some(match here.kind {
            Kind::Rbrace | Kind::Exclamation | Kind::Colon | Kind::Equal => {
                let found = c.text(here.range);
                c.fail(here.range, format!("f-string: valid expression required before '{found}'"))
            }
            Kind::FStringEnd | Kind::EndOfFile | Kind::Newline => c.fail(here.range, "f-string: expecting '}'"),
            _ => c.fail(here.range, "f-string: expecting a valid expression after '{'"),
        });
    }
    match before.kind {
        Kind::Equal => {
            let line = c.line_start(at.start());
            let first = c.toks.get(line).map(|t| t.kind);
            let open = !c.open_before(at.start()).is_empty();
            if matches!(first, Some(Kind::Def | Kind::Async)) && open || first == Some(Kind::Lambda) {
                return Some(c.fail(before.range, "expected default value expression"));
            }
            if open && matches!(here.kind, Kind::Rpar | Kind::Comma) {
                let name = index.checked_sub(2).map(|i| c.toks[i])?;
                return Some(c.fail(
                    TextRange::new(name.range.start(), before.range.end()),
                    "expected argument value expression",
                ));
            }
            None
        }
        Kind::Star if !c.open_before(at.start()).is_empty() && !matches!(here.kind, Kind::Star) => {
            let first = index.checked_sub(2).map(|i| c.toks[i].kind);
            matches!(first, Some(Kind::Lpar | Kind::Lsqb | Kind::Comma))
                .then(|| c.fail(here.range, "Invalid star expression"))
        }
        Kind::Colon if matches!(here.kind, Kind::Rbrace | Kind::Comma) => {
            let dict = c.open_before(at.start()).last().is_some_and(|t| t.kind == Kind::Lbrace);
            dict.then(|| c.fail(before.range, "expression expected after dictionary key and ':'"))
        }
        _ => None,
    }
}

fn expected_token(c: &Context<'_>, expected: Kind, found: Kind, at: TextRange) -> Option<Failure> {
    let line = c.line_start(at.start());
    let first = c.toks.get(line).map(|t| t.kind);
    if found == Kind::Equal {
        if expected == Kind::Colon && c.open_before(at.start()).last().is_some_and(|t| t.kind == Kind::Lbrace) {
            let end = c.before(at.start())?.range.end();
            let range = TextRange::new(end - TextSize::new(1), end);
            return Some(c.fail(range, "':' expected after dictionary key"));
        }
        return assignment_in_expression(c, at);
    }
    if matches!(found, Kind::For | Kind::Async)
        && let Some(failure) = keyword_generator(c, at)
    {
        return Some(failure);
    }
    match expected {
        Kind::Colon if found == Kind::Newline && !matches!(first, Some(Kind::Lambda)) => {
            Some(c.fail(at, "expected ':'"))
        }
        Kind::Colon if found == Kind::Lpar => {
            let lambda = c.toks[line..c.index_at(at.start())].iter().any(|t| t.kind == Kind::Lambda);
            lambda.then(|| c.fail(at, "Lambda expression parameters cannot be parenthesized"))
        }
        Kind::Colon if matches!(first, Some(Kind::Def | Kind::Else | Kind::Try | Kind::Finally)) => {
            Some(c.fail(at, "expected ':'"))
        }
        Kind::Lpar if matches!(first, Some(Kind::Def | Kind::Async)) => Some(c.fail(at, "expected '('")),
        Kind::Rpar if found == Kind::Lpar && matches!(first, Some(Kind::Def | Kind::Async)) => {
            Some(c.fail(at, "Function parameters cannot be parenthesized"))
        }
        Kind::In if !c.open_before(at.start()).is_empty() => Some(c.fail(at, "'in' expected after for-loop variables")),
        Kind::Else => {
            let index = c.index_at(at.start());
            let condition = c.toks[..index].iter().rposition(|t| t.kind == Kind::If)?;
            let start = operand_start(c, condition)?;
            let end = c.toks[index - 1].range.end();
            let range = TextRange::new(c.toks[start].range.start(), end);
            Some(c.fail(range, "expected 'else' after 'if' expression"))
        }
        Kind::Rsqb | Kind::Rbrace if found == Kind::For => {
            let index = c.index_at(at.start());
            let open = c.open_before(at.start()).last().copied()?;
            let range =
                TextRange::new(c.toks[c.index_at(open.range.end())].range.start(), c.toks[index - 1].range.end());
            Some(c.fail(range, "did you forget parentheses around the comprehension target?"))
        }
        Kind::Rbrace if replacement_field(c, at.start()).is_some() => {
            if let Some(failure) = forgotten(c, at) {
                return Some(failure);
            }
            Some(c.fail(at, "f-string: expecting '=', or '!', or ':', or '}'"))
        }
        _ => None,
    }
}

/// `f(a = b for …)`: a keyword argument where a generator is probably meant.
fn keyword_generator(c: &Context<'_>, word: TextRange) -> Option<Failure> {
    let start = operand_start(c, c.index_at(word.start()))?;
    let [open, name, equal] = c.toks.get(start.checked_sub(3)?..start)? else { return None };
    let fits = matches!(open.kind, Kind::Lpar | Kind::Comma) && name.kind == Kind::Name && equal.kind == Kind::Equal;
    let range = TextRange::new(name.range.start(), equal.range.end());
    fits.then(|| c.fail(range, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"))
}

/// `x = y` where an expression is wanted.
fn assignment_in_expression(c: &Context<'_>, equal: TextRange) -> Option<Failure> {
    let index = c.index_at(equal.start());
    let start = operand_start(c, index)?;
    let range = TextRange::new(c.toks[start].range.start(), c.toks[index - 1].range.end());
    let e = match c.expr_at(range) {
        Some(e) => e,
        None if c.text(range).starts_with("**") => {
            return Some(
                c.fail(TextRange::new(range.start(), equal.end()), "cannot assign to keyword argument unpacking"),
            );
        }
        None => return None,
    };
    if !c.toks.get(index + 1).is_some_and(|t| begins_operand(t.kind)) {
        return None;
    }
    match &e {
        rustpython_ast::Expr::Name(_) => {
            let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
            Some(c.fail(range, message))
        }
        rustpython_ast::Expr::List(_) | rustpython_ast::Expr::Tuple(_) | rustpython_ast::Expr::Generator(_) => None,
        rustpython_ast::Expr::BooleanLiteral(_) | rustpython_ast::Expr::NoneLiteral(_) => None,
        e => {
            let name = expr_name(e);
            Some(c.fail(range, format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?")))
        }
    }
}

/// The first token of the expression that ends before token `index`: after a comma, an opening bracket, a keyword.
fn operand_start(c: &Context<'_>, index: usize) -> Option<usize> {
    let mut depth = 0;
    let mut i = index;
    while i > 0 {
        match c.toks[i - 1].kind {
            Kind::Rpar | Kind::Rsqb | Kind::Rbrace => depth += 1,
            Kind::Lpar | Kind::Lsqb | Kind::Lbrace if depth == 0 => break,
            Kind::Lpar | Kind::Lsqb | Kind::Lbrace => depth -= 1,
            kind if depth == 0
                && (matches!(
                    kind,
                    Kind::Comma | Kind::Colon | Kind::Equal | Kind::Newline | Kind::Indent | Kind::Dedent | Kind::Semi
                ) || (kind.is_keyword()
                    && !matches!(kind, Kind::True | Kind::False | Kind::None | Kind::Await))) =>
            {
                break;
            }
            _ => {}
        }
        i -= 1;
    }
    (i < index).then_some(i)
}

fn same_line(c: &Context<'_>, at: TextRange) -> Option<Failure> {
    let line = c.line_start(at.start());
    let first = c.toks.get(line)?;
    if first.kind == Kind::Import
        && c.toks[line..].iter().take_while(|t| t.kind != Kind::Newline).any(|t| t.kind == Kind::From)
    {
        let end = c.toks[line..].iter().find(|t| t.kind == Kind::Newline).map_or(at.end(), |t| t.range.start());
        let range = TextRange::new(first.range.start(), end);
        return Some(c.fail(range, "Did you mean to use 'from ... import ...' instead?"));
    }
    None
}

/// "Perhaps you forgot a comma?", `print` without parentheses.
pub(super) fn forgotten(c: &Context<'_>, at: TextRange) -> Option<Failure> {
    let index = c.index_at(at.start());
    let here = c.toks.get(index)?;
    let before = index.checked_sub(1).map(|i| c.toks[i])?;
    let name = c.text(before.range);
    let starts = |i: usize| {
        i == 0 || matches!(c.toks[i - 1].kind, Kind::Newline | Kind::Indent | Kind::Dedent | Kind::Semi | Kind::Colon)
    };
    if matches!(name, "print" | "exec") && starts(index - 1) && begins_operand(here.kind) {
        let end = c.toks[index..]
            .iter()
            .take_while(|t| !matches!(t.kind, Kind::Newline | Kind::Semi | Kind::EndOfFile))
            .last()
            .map_or(here.range.end(), |t| t.range.end());
        let message = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
        return Some(c.fail(TextRange::new(before.range.start(), end), message));
    }
    if c.open_before(at.start()).is_empty() {
        return None;
    }
    let ends_operand = matches!(
        before.kind,
        Kind::Name
            | Kind::Int
            | Kind::Float
            | Kind::Complex
            | Kind::String
            | Kind::FStringEnd
            | Kind::TStringEnd
            | Kind::Rpar
            | Kind::Rsqb
            | Kind::Rbrace
            | Kind::True
            | Kind::False
            | Kind::None
            | Kind::Ellipsis
    );
    let name_then_string =
        before.kind == Kind::Name && matches!(here.kind, Kind::String | Kind::FStringStart | Kind::TStringStart);
    if !ends_operand || name_then_string || !begins_operand(here.kind) {
        return None;
    }
    let start = operand_start(c, index)?;
    let range = TextRange::new(c.toks[start].range.start(), here.range.end());
    Some(c.fail(range, "invalid syntax. Perhaps you forgot a comma?"))
}

fn other(c: &Context<'_>, text: &str, at: TextRange) -> Option<Failure> {
    if let Some(rest) = text.strip_prefix("Expected an indented block after ") {
        return Some(missing_block(c, rest, at));
    }
    if text.starts_with("Expected an expression or a '") && c.text(at) == "=" {
        return assignment_in_expression(c, at);
    }
    let message = match text {
        "Only one '/' separator allowed" => "/ may appear only once",
        "Only one '*' parameter allowed" => "* argument may appear only once",
        "'/' parameter must appear before '*' parameter" => "/ must be ahead of *",
        "Position-only parameter separator not allowed as first parameter" => "at least one argument must precede /",
        "Boolean 'not' expression cannot be used here" => "'not' after an operator must be parenthesized",
        "Cannot have both 'except' and 'except*' on the same 'try'" => {
            // The range is the whole clause; its word alone is to blame.
            let index = c.index_at(at.start());
            let word =
                c.toks[index..].iter().take(2).take_while(|t| matches!(t.kind, Kind::Except | Kind::Star)).last();
            let range = TextRange::new(at.start(), word.map_or(at.end(), |t| t.range.end()));
            return Some(c.fail(range, "cannot have both 'except' and 'except*' on the same 'try'"));
        }
        "Positional patterns cannot follow keyword patterns" => {
            if let Some(failure) = unclosed(c, at) {
                return Some(failure);
            }
            "positional patterns follow keyword patterns"
        }
        "Multiple exception types must be parenthesized when using `as`" => {
            "multiple exception types must be parenthesized when using 'as'"
        }
        "Expected one or more exception types" => "expected one or more exception types",
        "Trailing comma not allowed" => "trailing comma not allowed without surrounding parentheses",
        "Only single target (not tuple) can be annotated" => "only single target (not tuple) can be annotated",
        "Only single target (not list) can be annotated" => "only single target (not list) can be annotated",
        "Bytes literal cannot be mixed with non-bytes literals" => "cannot mix bytes and nonbytes literals",
        "Expected a parameter name" => return keyword_target(c, at),
        _ if text.starts_with("Expected `except` or `finally`") || text.contains("`except` or `finally`") => {
            let line = c.toks[..c.index_at(at.start())].iter().rev().find(|t| t.kind == Kind::Newline);
            return Some(c.fail(line.map_or(at, |t| t.range), "expected 'except' or 'finally' block"));
        }
        _ => return None,
    };
    Some(c.fail(at, message))
}

/// `f(expression=value)`
fn keyword_target(c: &Context<'_>, at: TextRange) -> Option<Failure> {
    let text = c.text(at);
    if matches!(text, "True" | "False" | "None") {
        return Some(c.fail(at, format!("cannot assign to {text}")));
    }
    if text.starts_with('*') {
        let what = if text.starts_with("**") { "keyword" } else { "iterable" };
        return Some(c.fail(at, format!("cannot assign to {what} argument unpacking")));
    }
    let calls = c.after(at.end()).is_some_and(|t| t.kind == Kind::Equal);
    calls.then(|| c.fail(at, "expression cannot contain assignment, perhaps you meant \"==\"?"))
}

/// A compound statement without a body. `what` is like "`if` statement" or "function definition".
fn missing_block(c: &Context<'_>, what: &str, at: TextRange) -> Failure {
    let mut word = what.split('`').nth(1);
    let excepts = |t: &&Tok| t.kind == Kind::Except;
    if word == Some("except")
        && let Some(last) = c.toks[..c.index_at(at.start())].iter().rev().find(excepts)
        && c.after(last.range.end()).is_some_and(|t| t.kind == Kind::Star)
    {
        word = Some("except*");
    }
    let (keyword, what) = match word {
        Some("class") => ("class", "class definition".to_owned()),
        Some(word) => (word, format!("'{word}' statement")),
        None if what.contains("class") => ("class", "class definition".to_owned()),
        None if what.contains("function") => ("def", "function definition".to_owned()),
        None => ("", what.to_owned()),
    };
    let plain = keyword.trim_end_matches('*');
    let line = c.toks[..c.index_at(at.start())]
        .iter()
        .rev()
        .find(|t| c.text(t.range) == plain)
        .map_or(0, |t| c.line_of(t.range.start()));
    c.indentation(at, format!("expected an indented block after {what} on line {line}"))
}
