//! Our own programs: `tests/apps/NAME` with `requirements.txt` (every pin, pure-Python wheels only), `run.py`, an input folder
//! `in` and `commands.txt`: a command line a line, quoted as in a shell, with `< FILE` for its input and `> FILE` for every
//! file that it has to write as under CPython. What a program needs on one platform only stands in `requirements-PLATFORM.txt`.

use super::differences::Differences;
use crate::paths;
use crate::process::{self, Outcome};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);
/// Installing waits for a network.
const INSTALL_LIMIT: Duration = Duration::from_secs(600);

/// One program.
pub(super) struct App {
    pub(super) name: String,
    folder: PathBuf,
}

/// Why a program did not pass.
pub(super) enum Problem {
    /// PyPI is out of reach, say.
    NotInstalled(String),
    Failed(String),
}

impl From<String> for Problem {
    fn from(why: String) -> Problem {
        Problem::Failed(why)
    }
}

/// One line of `commands.txt`.
#[derive(Debug, Default, PartialEq, Eq)]
struct CommandLine {
    /// As it is written.
    text: String,
    args: Vec<String>,
    stdin: Option<String>,
    written: Vec<String>,
}

/// What a command did.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    end: String,
    stdout: String,
    files: Vec<(String, Option<String>)>,
}

impl Answer {
    /// The same with all texts changed.
    fn read(mut self, change: impl Fn(&str) -> String) -> Answer {
        self.stdout = change(&self.stdout);
        for text in self.files.iter_mut().filter_map(|(_, text)| text.as_mut()) {
            *text = change(text);
        }
        self
    }
}

/// The programs of `tests/apps`, by name.
pub(super) fn list() -> Result<Vec<App>, String> {
    let folder = paths::root().join("tests/apps");
    let entries = fs::read_dir(&folder).map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    let mut apps: Vec<App> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("commands.txt").is_file())
        .map(|folder| App { name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(), folder })
        .collect();
    apps.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(apps)
}

impl App {
    /// Where everything of it is made.
    fn work(&self) -> PathBuf {
        paths::root().join("target/apps").join(&self.name)
    }

    /// The folder with its packages, installed if they were not.
    pub(super) fn site(&self, cpython: &Path) -> Result<PathBuf, String> {
        self.install(&self.work(), cpython)
    }

    /// Freezes the program and compares every command; the number of commands and of those that are left out, or what
    /// differs first.
    pub(super) fn check(
        &self,
        freeze: &Path,
        cpython: &Path,
        differences: &Differences,
    ) -> Result<(usize, usize), Problem> {
        if let Some(why) = differences.left_out(&self.name, "*") {
            return Err(Problem::NotInstalled(why.to_owned()));
        }
        let work = self.work();
        let site = self.install(&work, cpython).map_err(Problem::NotInstalled)?;
        let mut sites = vec![site.clone()];
        if let Some(platform) = differences.platform {
            sites.extend(self.install_more(&work, cpython, platform).map_err(Problem::NotInstalled)?);
        }
        let script = self.folder.join("run.py");
        let binary = work.join("app");
        let mut command = Command::new(freeze);
        command.arg(&script).arg("-o").arg(&binary).arg("--quiet");
        for site in &sites {
            command.arg("--site-packages").arg(site);
        }
        succeed(process::run(&mut command, b"", LIMIT)?, "freezing")?;
        let text = self.read("commands.txt")?;
        let lines: Result<Vec<CommandLine>, String> = text.lines().filter(|line| !line.is_empty()).map(parse).collect();
        let all = lines?;
        let lines: Vec<&CommandLine> =
            all.iter().filter(|line| differences.left_out(&self.name, &line.text).is_none()).collect();
        let mut expected = Vec::new();
        for line in &lines {
            let mut command = Command::new(cpython);
            command.arg(&script).env("PYTHONPATH", &site).env("PYTHONDONTWRITEBYTECODE", "1");
            expected.push(
                self.answer(command, line, &work)?.read(|text| differences.read(&self.name, &line.text, text, true)),
            );
        }
        // Whatever the binary still needs of the installed files is not there now.
        let hidden = |site: &Path| site.with_extension("hidden");
        for site in &sites {
            fs::rename(site, hidden(site)).map_err(|error| format!("cannot hide {}: {error}", site.display()))?;
        }
        let answer = |line: &&CommandLine| {
            let mut command = Command::new(&binary);
            command.envs(differences.variables(&self.name, &line.text));
            let answer = self.answer(command, line, &work)?;
            Ok(answer.read(|text| differences.read(&self.name, &line.text, text, false)))
        };
        let answers: Result<Vec<Answer>, String> = lines.iter().map(answer).collect();
        for site in &sites {
            fs::rename(hidden(site), site).map_err(|error| format!("cannot bring back {}: {error}", site.display()))?;
        }
        let answers = answers?;
        let failed: Vec<String> = (lines.iter().zip(expected).zip(answers))
            .filter(|((_, wanted), got)| wanted != got)
            .map(|((line, wanted), got)| format!("{}:\n{}", line.text, difference(&wanted, &got)))
            .collect();
        if failed.is_empty() { Ok((lines.len(), all.len() - lines.len())) } else { Err(failed.join("").into()) }
    }

    fn read(&self, name: &str) -> Result<String, String> {
        let path = self.folder.join(name);
        fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
    }

    /// Installs the pins; they stay below `target/`.
    fn install(&self, work: &Path, cpython: &Path) -> Result<PathBuf, String> {
        self.install_once(cpython, "requirements.txt", work.join("site"), &work.join("installed.txt"), work)
    }

    /// Installs what is needed on one platform only, if anything is: pip goes by the machine that it runs on.
    fn install_more(&self, work: &Path, cpython: &Path, platform: &str) -> Result<Option<PathBuf>, String> {
        let list = format!("requirements-{platform}.txt");
        if !self.folder.join(&list).is_file() {
            return Ok(None);
        }
        let (site, stamp) = (work.join(format!("site-{platform}")), work.join(format!("installed-{platform}.txt")));
        self.install_once(cpython, &list, site.clone(), &stamp, &site).map(Some)
    }

    /// Installs what a list names into `site`, unless `stamp` says that this was done; `stale` is what goes away before.
    fn install_once(
        &self,
        cpython: &Path,
        list: &str,
        site: PathBuf,
        stamp: &Path,
        stale: &Path,
    ) -> Result<PathBuf, String> {
        let pins = self.read(list)?;
        if site.is_dir() && fs::read_to_string(stamp).is_ok_and(|done| done == pins) {
            return Ok(site);
        }
        fs::remove_dir_all(stale).ok();
        fs::create_dir_all(stale).map_err(|error| format!("cannot make {}: {error}", stale.display()))?;
        self.pip(cpython, list, &site)?;
        fs::write(stamp, pins).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
        Ok(site)
    }

    fn pip(&self, cpython: &Path, list: &str, site: &Path) -> Result<(), String> {
        let mut pip = Command::new(cpython);
        pip.args(["-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps", "--no-compile"]);
        pip.args(["--root-user-action", "ignore", "--only-binary", ":all:", "--platform", "any"]);
        pip.args(["--implementation", "py", "--abi", "none", "--python-version", "3.13", "--target"]);
        pip.arg(site).arg("-r").arg(self.folder.join(list));
        succeed(process::run(&mut pip, b"", INSTALL_LIMIT)?, "pip")
    }

    /// Runs one command in a fresh copy of the input folder, with an environment that holds nothing of ours.
    fn answer(&self, mut command: Command, line: &CommandLine, work: &Path) -> Result<Answer, String> {
        let folder = work.join("cwd");
        fs::remove_dir_all(&folder).ok();
        fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let input = self.folder.join("in");
        if input.is_dir() {
            paths::copy(&input, &folder)?;
        }
        let stdin = match &line.stdin {
            Some(name) => fs::read(folder.join(name)).map_err(|error| format!("cannot read {name}: {error}"))?,
            None => Vec::new(),
        };
        let kept: Vec<(String, String)> = command
            .get_envs()
            .filter_map(|(k, v)| Some((k.to_string_lossy().into_owned(), v?.to_string_lossy().into_owned())))
            .collect();
        command.env_clear().envs(kept).env("PATH", "/usr/bin:/bin").env("HOME", &folder);
        let outcome = process::run(command.args(&line.args).current_dir(&folder), &stdin, LIMIT)?;
        let written = |name: &String| fs::read(folder.join(name)).ok().map(|bytes| text(&bytes));
        let files = line.written.iter().map(|name| (name.clone(), written(name))).collect();
        Ok(Answer { end: outcome.end.to_string(), stdout: text(&outcome.stdout), files })
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn succeed(outcome: Outcome, what: &str) -> Result<(), String> {
    match outcome.end {
        process::End::Exit(0) => Ok(()),
        end => Err(format!("{what}: {end}\n{}", text(&outcome.stderr))),
    }
}

/// Where two answers differ: the first line of each that the other does not have.
fn difference(wanted: &Answer, got: &Answer) -> String {
    let mut out = String::new();
    let mut compare = |what: &str, wanted: &str, got: &str| {
        if wanted == got {
            return;
        }
        let at = wanted.lines().zip(got.lines()).take_while(|(a, b)| a == b).count();
        let line = |text: &str| text.lines().nth(at).unwrap_or("(nothing)").to_owned();
        out += &format!("    {what}, line {}: CPython {:?}, ours {:?}\n", at + 1, line(wanted), line(got));
    };
    compare("end", &wanted.end, &got.end);
    compare("output", &wanted.stdout, &got.stdout);
    for ((name, a), (_, b)) in wanted.files.iter().zip(&got.files) {
        compare(name, a.as_deref().unwrap_or("not written"), b.as_deref().unwrap_or("not written"));
    }
    out
}

/// Splits a line of `commands.txt`.
fn parse(line: &str) -> Result<CommandLine, String> {
    let mut command = CommandLine { text: line.to_owned(), ..CommandLine::default() };
    let mut words = words(line)?.into_iter();
    while let Some((word, quoted)) = words.next() {
        let mut file = || words.next().map(|(word, _)| word).ok_or_else(|| format!("{line}: a file name is missing"));
        match word.as_str() {
            "<" if !quoted => command.stdin = Some(file()?),
            ">" if !quoted => command.written.push(file()?),
            _ => command.args.push(word),
        }
    }
    Ok(command)
}

/// Words between blanks, each with whether it was quoted; quotes of either kind hold blanks.
fn words(line: &str) -> Result<Vec<(String, bool)>, String> {
    let mut words: Vec<(String, bool)> = Vec::new();
    let mut open: Option<char> = None;
    let mut fresh = true;
    for c in line.chars() {
        match open {
            Some(quote) if c == quote => open = None,
            None if c.is_whitespace() => fresh = true,
            _ => {
                if std::mem::take(&mut fresh) {
                    words.push((String::new(), false));
                }
                let Some(word) = words.last_mut() else { continue };
                if open.is_none() && matches!(c, '\'' | '"') {
                    open = Some(c);
                    word.1 = true;
                } else {
                    word.0.push(c);
                }
            }
        }
    }
    if open.is_some() { Err(format!("{line}: a quote is not closed")) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines() {
        let line = parse("-x 'a b' '<' < in.txt > one > two").expect("it is well-formed");
        assert_eq!(line.args, ["-x", "a b", "<"]);
        assert_eq!(line.stdin.as_deref(), Some("in.txt"));
        assert_eq!(line.written, ["one", "two"]);
        assert!(parse("'open").is_err() && parse("a <").is_err());
    }
}
