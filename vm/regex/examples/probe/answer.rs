//! Answers questions about patterns given as code words.
//!
//! A line is `KIND MODE FROM NOT_AT GROUPS CODE TEXT` (code words with commas, text in hex, `-` for nothing) and is answered
//! by `-`, or by the bounds of the match and its groups and the last group; `bench N` in front of it times N searches.

use freeze_regex::{Kind, Machine, Mode, Regex, Subject, Unicode};

fn lower(cp: u32) -> u32 {
    char::from_u32(cp).map_or(cp, |c| c.to_lowercase().next().map_or(cp, u32::from))
}

fn upper(cp: u32) -> u32 {
    let Some(c) = char::from_u32(cp) else { return cp };
    let mut all = c.to_uppercase();
    match (all.next(), all.next()) {
        (Some(one), None) => u32::from(one),
        _ => cp,
    }
}

fn holds(cp: u32, test: fn(char) -> bool) -> bool {
    char::from_u32(cp).is_some_and(test)
}

static CHARS: Unicode = Unicode {
    is_decimal: |cp| holds(cp, |c| c.is_ascii_digit() || ('\u{660}'..='\u{669}').contains(&c)),
    is_space: |cp| holds(cp, char::is_whitespace) || (0x1C..=0x1F).contains(&cp),
    is_alnum: |cp| holds(cp, char::is_alphanumeric),
    is_line_break: |cp| matches!(cp, 0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029),
    lower,
    upper,
};

fn number(word: &str) -> Option<usize> {
    word.parse().ok()
}

pub(crate) fn answer(line: &str, machine: &mut Machine) -> Option<String> {
    let mut words = line.split(' ');
    let mut next = || words.next().unwrap_or("");
    let mut first = next();
    let mut times = 0;
    if first == "bench" {
        times = number(next())?;
        first = next();
    }
    let kind = if first == "text" { Kind::Text } else { Kind::Bytes };
    let mode = match next() {
        "search" => Mode::Search,
        "match" => Mode::Match,
        _ => Mode::Full,
    };
    let (from, not_at, groups) = (number(next())?, number(next()), number(next())?);
    let code: Option<Vec<u32>> = next().split(',').map(|w| w.parse().ok()).collect();
    let hex = next().trim_start_matches('-');
    let text: Option<Vec<u8>> =
        (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok()).collect();
    let text = text?;
    let subject = Subject { text: &text, is_narrow: kind == Kind::Bytes || text.is_ascii() };
    let regex = match Regex::new(&code?, groups, kind, &CHARS, &|| true) {
        Ok(regex) => regex,
        Err(e) => return Some(format!("{e:?}")),
    };
    if times > 0 {
        return Some(bench(&regex, machine, subject, times));
    }
    let mut budget = 20_000;
    let mut interrupt = || {
        budget -= 1;
        budget == 0
    };
    match regex.find(machine, subject, from, mode, not_at, &mut interrupt) {
        Err(stop) => Some(format!("{stop:?}")),
        Ok(false) => Some("-".to_owned()),
        Ok(true) => {
            let (start, end) = machine.whole();
            let mut out = format!("{start},{end}");
            for group in 0..groups {
                match machine.group(group) {
                    Some((start, end)) => out += &format!(" {start},{end}"),
                    None => out += " -",
                }
            }
            Some(format!("{out} {}", machine.last_group(&regex).unwrap_or(0)))
        }
    }
}

/// All matches in the text, over and over.
fn bench(regex: &Regex, machine: &mut Machine, subject: Subject<'_>, times: usize) -> String {
    let begin = std::time::Instant::now();
    let mut count = 0;
    for _ in 0..times {
        let (mut at, mut not_at) = (0, None);
        while let Ok(true) = regex.find(machine, subject, at, Mode::Search, not_at, &mut || false) {
            let (start, end) = machine.whole();
            at = end;
            not_at = (start == end).then_some(end);
            count += 1;
        }
    }
    format!("{count} {}", begin.elapsed().as_nanos() as f64 / times as f64 / 1000.0)
}
