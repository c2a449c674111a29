//! What programs do otherwise on a platform by nature, or can't do there: `tests/e2e/PLATFORM_apps.txt`.
//!
//! A line names a program, its command as `commands.txt` has it (`*` for all), rules, and the reason, with bars between them. Rules,
//! with semicolons between them: `A => B` reads B wherever the program wrote A, `NAME=VALUE` is a variable that it is given,
//! `paths` writes whole paths on Wine's drive for our files as they are here, `runs` takes ten and more equal characters for ten, here and there, and `left out` does not run it.

use std::fs;

use crate::paths;

/// A rule for one command.
enum Rule {
    Read(String, String),
    Set(String, String),
    Paths,
    Runs,
    LeftOut,
}

/// A line of the list.
struct Line {
    program: String,
    command: String,
    rules: Vec<Rule>,
    reason: String,
}

/// The list of a platform; nothing differs where there is none.
#[derive(Default)]
pub(super) struct Differences {
    lines: Vec<Line>,
    /// Whose packages are installed besides: those of `requirements-PLATFORM.txt`.
    pub(super) platform: Option<&'static str>,
}

impl Differences {
    /// Reads the list of a platform.
    pub(super) fn of(platform: Option<&'static str>) -> Result<Differences, String> {
        let Some(name) = platform else { return Ok(Differences::default()) };
        let path = paths::root().join("tests/e2e").join(format!("{name}_apps.txt"));
        let text = fs::read_to_string(&path).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let lines = lines.map(|line| parse(line).map_err(|why| format!("{}: {why}: {line}", path.display())));
        Ok(Differences { lines: lines.collect::<Result<_, _>>()?, platform })
    }

    fn lines_of(&self, program: &str, command: &str) -> impl Iterator<Item = &Line> {
        let fits = move |line: &&Line| line.program == program && (line.command == "*" || line.command == command);
        self.lines.iter().filter(fits)
    }

    /// Why a command is not run; `*` asks for the whole program.
    pub(super) fn left_out(&self, program: &str, command: &str) -> Option<&str> {
        let mut lines = self.lines_of(program, command);
        let line = lines.find(|line| line.rules.iter().any(|rule| matches!(rule, Rule::LeftOut)))?;
        Some(&line.reason)
    }

    /// The variables for a command.
    pub(super) fn variables(&self, program: &str, command: &str) -> Vec<(&str, &str)> {
        let rules = self.lines_of(program, command).flat_map(|line| &line.rules);
        rules
            .filter_map(|rule| if let Rule::Set(name, value) = rule { Some((&**name, &**value)) } else { None })
            .collect()
    }

    /// What a command wrote, as it would read elsewhere; `theirs` is CPython's, to which only `runs` applies.
    pub(super) fn read(&self, program: &str, command: &str, text: &str, theirs: bool) -> String {
        let rules = self.lines_of(program, command).flat_map(|line| &line.rules);
        rules.fold(text.to_owned(), |text, rule| match rule {
            Rule::Read(from, to) if !theirs => text.replace(from, to),
            Rule::Paths if !theirs => with_paths(&text),
            Rule::Runs => squeezed(&text),
            _ => text,
        })
    }
}

/// `Z:\a\b` as `/a/b`; a path ends at a blank, a quote, a colon or a comma.
fn with_paths(text: &str) -> String {
    let mut parts = text.split(r"Z:\");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_whitespace() || "'\":,".contains(c)).unwrap_or(part.len());
        out.push('/');
        out.push_str(&part[..end].replace('\\', "/"));
        out.push_str(&part[end..]);
    }
    out
}

/// At most ten equal characters in a row.
fn squeezed(text: &str) -> String {
    let mut out = String::new();
    let (mut last, mut count) = (None, 0);
    for c in text.chars() {
        count = if last == Some(c) { count + 1 } else { 1 };
        last = Some(c);
        if count <= 10 {
            out.push(c);
        }
    }
    out
}

fn parse(line: &str) -> Result<Line, String> {
    let fields: Vec<&str> = line.split(" | ").map(str::trim).collect();
    let [program, command, rules, reason] = fields[..] else {
        return Err("not of the form PROGRAM | COMMAND | RULES | REASON".to_owned());
    };
    let rule = |text: &str| {
        match text {
            "left out" => return Ok(Rule::LeftOut),
            "paths" => return Ok(Rule::Paths),
            "runs" => return Ok(Rule::Runs),
            _ => {}
        }
        if let Some((from, to)) = text.split_once(" => ") {
            return Ok(Rule::Read(from.trim().to_owned(), to.trim().to_owned()));
        }
        match text.split_once('=') {
            Some((name, value)) => Ok(Rule::Set(name.to_owned(), value.to_owned())),
            None => Err(format!("{text:?} is no rule")),
        }
    };
    let rules = rules.split("; ").map(rule).collect::<Result<_, String>>()?;
    let [program, command, reason] = [program, command, reason].map(str::to_owned);
    Ok(Line { program, command, rules, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_list() {
        let lines = vec![
            parse(r"a | * | \ => /; COLUMNS=81 | paths").expect("it is well-formed"),
            parse("a | run -x | left out | no such thing there").expect("it is well-formed"),
            parse("c | * | runs | width").expect("it is well-formed"),
        ];
        let list = Differences { lines, platform: None };
        assert_eq!(list.read("a", "any", r"x\y", false), "x/y");
        assert_eq!(list.read("a", "any", r"x\y", true), r"x\y");
        assert_eq!(list.read("b", "any", r"x\y", false), r"x\y");
        assert_eq!(list.read("c", "any", "--------------x", true), "----------x");
        assert_eq!(list.variables("a", "run -x"), [("COLUMNS", "81")]);
        assert_eq!(with_paths(r"at Z:\a\b.py:1: '\n' Z:\c"), r"at /a/b.py:1: '\n' /c");
        assert_eq!(list.left_out("a", "run -x"), Some("no such thing there"));
        assert!(list.left_out("a", "*").is_none());
        assert!(parse("a | b | nothing | c").is_err() && parse("a | b").is_err());
    }
}
