//! The manifest: what the stub has to know before it runs the program.
//!
//! On disk it is text: a first line that names the format, then `key = value` lines in the order of the keys; a key that
//! holds a list has one line per item. `\`, line ends and outer spaces in values are escaped. Unknown keys are kept, so
//! that a tool of a later version can add some.

use std::collections::BTreeMap;

use crate::error::PayloadError;

const FIRST_LINE: &str = "freeze manifest 1";

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Main {
    /// The module `__main__` of the archive.
    Program {
        /// Path of its source under the virtual root: its `__file__`.
        file: String,
        /// Its `__package__`: empty for a script.
        package: String,
    },
    /// Whatever the command line says, as `python` takes it (`freeze run`).
    Command,
}

/// What the stub has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The program's name, for messages and for the virtual root.
    pub name: String,
    pub main: Main,
    /// The target triple that the stub was built for.
    pub target: String,
    /// The version of freeze that made this.
    pub freeze_version: String,
    /// The language version (`3.14`).
    pub python_version: String,
    /// `sys.flags.optimize`: 0, 1 or 2.
    pub optimize: u8,
    /// Whether the environment, the current directory and interpreter options of the command line change nothing.
    pub sealed: bool,
    /// Whether standard output and error are unbuffered (`-u`).
    pub unbuffered: bool,
    /// Whether the program has no console (Windows).
    pub windowed: bool,
    /// Arguments that stand before the user's.
    pub arguments: Vec<String>,
    /// `-W` options.
    pub warnings: Vec<String>,
    /// `-X` options.
    pub x_options: Vec<String>,
    /// Keys that this version does not know.
    pub other: BTreeMap<String, Vec<String>>,
}

impl Default for Manifest {
    fn default() -> Self {
        Manifest {
            name: String::new(),
            main: Main::Command,
            target: String::new(),
            freeze_version: env!("CARGO_PKG_VERSION").to_owned(),
            python_version: "3.14".to_owned(),
            optimize: 0,
            sealed: true,
            unbuffered: false,
            windowed: false,
            arguments: Vec::new(),
            warnings: Vec::new(),
            x_options: Vec::new(),
            other: BTreeMap::new(),
        }
    }
}

/// The keys on disk: the one list that writer and reader share.
mod key {
    pub(super) const ARGUMENT: &str = "argument";
    pub(super) const FILE: &str = "main.file";
    pub(super) const FREEZE: &str = "version.freeze";
    pub(super) const MAIN: &str = "main";
    pub(super) const NAME: &str = "name";
    pub(super) const OPTIMIZE: &str = "optimize";
    pub(super) const PACKAGE: &str = "main.package";
    pub(super) const PYTHON: &str = "version.python";
    pub(super) const SEALED: &str = "sealed";
    pub(super) const TARGET: &str = "target";
    pub(super) const UNBUFFERED: &str = "unbuffered";
    pub(super) const WARNING: &str = "warning";
    pub(super) const WINDOWED: &str = "windowed";
    pub(super) const X_OPTION: &str = "x-option";
}

/// The values of [`key::MAIN`].
const MAIN_PROGRAM: &str = "program";
const MAIN_COMMAND: &str = "command";

impl Manifest {
    /// The manifest as it is stored.
    pub fn to_text(&self) -> String {
        let mut lines = self.other.clone();
        let mut put = |key: &str, value: &str| lines.entry(key.to_owned()).or_default().push(value.to_owned());
        put(key::NAME, &self.name);
        match &self.main {
            Main::Program { file, package } => {
                put(key::MAIN, MAIN_PROGRAM);
                put(key::FILE, file);
                put(key::PACKAGE, package);
            }
            Main::Command => put(key::MAIN, MAIN_COMMAND),
        }
        put(key::TARGET, &self.target);
        put(key::FREEZE, &self.freeze_version);
        put(key::PYTHON, &self.python_version);
        put(key::OPTIMIZE, &self.optimize.to_string());
        put(key::SEALED, yes_no(self.sealed));
        put(key::UNBUFFERED, yes_no(self.unbuffered));
        put(key::WINDOWED, yes_no(self.windowed));
        self.arguments.iter().for_each(|value| put(key::ARGUMENT, value));
        self.warnings.iter().for_each(|value| put(key::WARNING, value));
        self.x_options.iter().for_each(|value| put(key::X_OPTION, value));

        let mut text = format!("{FIRST_LINE}\n");
        for (key, values) in &lines {
            for value in values {
                text.push_str(key);
                text.push_str(" = ");
                text.push_str(&escape(value));
                text.push('\n');
            }
        }
        text
    }

    /// Reads what [`Manifest::to_text`] made.
    pub fn parse(bytes: &[u8]) -> Result<Manifest, PayloadError> {
        const DAMAGED: PayloadError = PayloadError::Damaged("manifest");
        let text = std::str::from_utf8(bytes).map_err(|_| DAMAGED)?;
        let mut lines = text.lines();
        if lines.next() != Some(FIRST_LINE) {
            return Err(DAMAGED);
        }
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in lines {
            let (key, value) = line.split_once(" = ").ok_or(DAMAGED)?;
            values.entry(key.to_owned()).or_default().push(unescape(value).ok_or(DAMAGED)?);
        }
        let mut one = |key: &str| match values.remove(key).as_deref() {
            Some([value]) => Ok(value.clone()),
            _ => Err(DAMAGED),
        };
        let flag = |text: String| match text.as_str() {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(DAMAGED),
        };
        let main = match one(key::MAIN)?.as_str() {
            MAIN_PROGRAM => Main::Program { file: one(key::FILE)?, package: one(key::PACKAGE)? },
            MAIN_COMMAND => Main::Command,
            _ => return Err(DAMAGED),
        };
        Ok(Manifest {
            name: one(key::NAME)?,
            main,
            target: one(key::TARGET)?,
            freeze_version: one(key::FREEZE)?,
            python_version: one(key::PYTHON)?,
            optimize: one(key::OPTIMIZE)?.parse().ok().filter(|level| *level <= 2).ok_or(DAMAGED)?,
            sealed: flag(one(key::SEALED)?)?,
            unbuffered: flag(one(key::UNBUFFERED)?)?,
            windowed: flag(one(key::WINDOWED)?)?,
            arguments: values.remove(key::ARGUMENT).unwrap_or_default(),
            warnings: values.remove(key::WARNING).unwrap_or_default(),
            x_options: values.remove(key::X_OPTION).unwrap_or_default(),
            other: values,
        })
    }
}

fn yes_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescape(value: &str) -> Option<String> {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                '\\' => '\\',
                _ => return None,
            },
            other => other,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back() {
        let mut manifest = Manifest {
            name: "äpp = \\n\nx\r".to_owned(),
            main: Main::Program { file: " a b.py ".to_owned(), package: String::new() },
            optimize: 2,
            arguments: vec!["--x".to_owned(), String::new(), "=".to_owned()],
            ..Manifest::default()
        };
        manifest.other.insert("zz".to_owned(), vec!["later".to_owned()]);
        assert_eq!(Manifest::parse(manifest.to_text().as_bytes()), Ok(manifest));
        let plain = Manifest::default();
        assert_eq!(Manifest::parse(plain.to_text().as_bytes()), Ok(plain));
    }

    #[test]
    fn damage_is_an_error() {
        let text = Manifest::default().to_text();
        for (from, to) in
            [("manifest 1", "manifest 2"), ("optimize = 0", "optimize = 3"), ("= yes", "= y"), ("name", "nom")]
        {
            assert!(Manifest::parse(text.replace(from, to).as_bytes()).is_err(), "{from} to {to}");
        }
        assert!(Manifest::parse(b"\xff").is_err());
        assert!(Manifest::parse(format!("{text}x\n").as_bytes()).is_err());
        assert!(Manifest::parse(text.replace("name = ", "name = \\q").as_bytes()).is_err());
    }
}
