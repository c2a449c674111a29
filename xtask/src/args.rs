//! The options of a task: `--name value`, `--flag` and plain words, taken out one by one.

/// What stands after the command's name.
pub(crate) struct Args {
    words: Vec<String>,
}

impl Args {
    /// Takes the words as the shell gave them.
    pub(crate) fn new(words: Vec<String>) -> Args {
        Args { words }
    }

    /// Whether `name` was given; takes it out.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() != before
    }

    /// The value behind `name` (`--name value` or `--name=value`); takes both out.
    pub(crate) fn option(&mut self, name: &str) -> Result<Option<String>, String> {
        let prefix = format!("{name}=");
        if let Some(at) = self.words.iter().position(|word| word.starts_with(&prefix)) {
            return Ok(Some(self.words.remove(at)[prefix.len()..].to_owned()));
        }
        let Some(at) = self.words.iter().position(|word| word == name) else { return Ok(None) };
        if at + 1 >= self.words.len() {
            return Err(format!("{name} needs a value"));
        }
        self.words.remove(at);
        Ok(Some(self.words.remove(at)))
    }

    /// The value behind `name` as a number, or `default`.
    pub(crate) fn number(&mut self, name: &str, default: usize) -> Result<usize, String> {
        match self.option(name)? {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| format!("{name}: {text:?} is not a number")),
        }
    }

    /// The words that are left; an option among them is an error.
    pub(crate) fn rest(self) -> Result<Vec<String>, String> {
        match self.words.iter().find(|word| word.starts_with("--")) {
            Some(word) => Err(format!("unknown option {word}")),
            None => Ok(self.words),
        }
    }

    /// Everything that is left, untouched.
    pub(crate) fn into_words(self) -> Vec<String> {
        self.words
    }
}
