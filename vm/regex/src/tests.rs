//! Tests of what no text of code words may do; what patterns mean is compared with CPython by `tests/answers.rs`.

use crate::words::Op;
use crate::{Invalid, Kind, Machine, Mode, Regex, Stop, Subject, Unicode};

fn holds(cp: u32, test: fn(char) -> bool) -> bool {
    char::from_u32(cp).is_some_and(test)
}

pub(crate) static CHARS: Unicode = Unicode {
    is_decimal: |cp| holds(cp, |c| c.is_ascii_digit()),
    is_space: |cp| holds(cp, char::is_whitespace),
    is_alnum: |cp| holds(cp, char::is_alphanumeric),
    is_line_break: |cp| cp == 0x0A,
    lower: |cp| char::from_u32(cp).map_or(cp, |c| c.to_lowercase().next().map_or(cp, u32::from)),
    upper: |cp| char::from_u32(cp).map_or(cp, |c| c.to_uppercase().next().map_or(cp, u32::from)),
};

fn op(op: Op) -> u32 {
    op as u32
}

/// Repeats of repeats: `(?:a(?:a…)*)*`.
fn nested(depth: usize) -> Vec<u32> {
    let mut code = Vec::new();
    for _ in 0..depth {
        let mut outer = vec![op(Op::Repeat), code.len() as u32 + 5, 0, u32::MAX, op(Op::Literal), 97];
        outer.append(&mut code);
        outer.push(op(Op::MaxUntil));
        code = outer;
    }
    code.push(op(Op::Success));
    code
}

fn compile(code: &[u32]) -> Result<Regex, Invalid> {
    Regex::new(code, 2.min(code.len().saturating_sub(1)), Kind::Text, &CHARS, &|| true)
}

#[test]
fn depth_is_limited_and_fits_the_stack() {
    let compiling = |depth: usize| move || compile(&nested(depth)).map(|_| ()).err();
    let run = |depth: usize| std::thread::Builder::new().stack_size(1 << 20).spawn(compiling(depth)).map(|t| t.join());
    assert!(matches!(run(490), Ok(Ok(None))));
    assert!(matches!(run(20_000), Ok(Ok(Some(Invalid::Depth)))));
}

#[test]
fn damaged_words_are_errors_or_programs() {
    let words: [&[u32]; 4] = [
        &nested(3),
        // (a|bc)+?x(?=\1)[^a-c\d]
        &[
            14,
            4,
            0,
            1,
            u32::MAX,
            25,
            10,
            1,
            u32::MAX,
            17,
            0,
            7,
            5,
            16,
            97,
            15,
            9,
            7,
            16,
            98,
            16,
            99,
            15,
            2,
            0,
            17,
            1,
            19,
            1,
        ],
        &[12, 0, 7, 16, 97, 15, 4, 16, 98, 13, 8, 21, 22, 97, 99, 8, 10, 0, 1],
        &[4, 6, 1, 16, 97, 1, 5, 5, 0, 16, 98, 1, 27, 4, 16, 97, 1, 28, 6, 0, 2, 16, 97, 1, 1],
    ];
    let mut seed = 7u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut compiled = 0;
    let mut machine = Machine::default();
    for _ in 0..60_000 {
        let mut code = words[random(words.len())].to_vec();
        for _ in 0..=random(3) {
            let at = random(code.len());
            match random(4) {
                0 => code[at] = random(48) as u32,
                1 => code[at] = [0, 1, 255, 256, 0xD800, 0x11_0000, u32::MAX, u32::MAX - 1][random(8)],
                2 => {
                    code.remove(at);
                }
                _ => code.insert(at, random(48) as u32),
            }
            if code.is_empty() {
                break;
            }
        }
        if let Ok(regex) = compile(&code) {
            compiled += 1;
            for text in ["", "abca", "é日x\nab"] {
                let subject = Subject { text: text.as_bytes(), is_narrow: text.is_ascii() };
                let mut left = 20;
                let mut stop = || {
                    left -= 1;
                    left == 0
                };
                let _ = regex.find(&mut machine, subject, 0, Mode::Search, None, &mut stop);
            }
        }
    }
    assert!(compiled > 100);
}

#[test]
fn long_texts_need_no_stack_and_can_be_interrupted() {
    // (?:ab)*
    let regex = compile(&[op(Op::Repeat), 7, 0, u32::MAX, 16, 97, 16, 98, op(Op::MaxUntil), 1]).expect("valid");
    let text = b"ab".repeat(1_500_000);
    let subject = Subject { text: &text, is_narrow: true };
    let mut machine = Machine::default();
    assert_eq!(regex.find(&mut machine, subject, 0, Mode::Match, None, &mut || false), Ok(true));
    assert_eq!(machine.whole(), (0, text.len()));
    let mut asked = 0;
    let mut stop = || {
        asked += 1;
        asked == 3
    };
    assert_eq!(regex.find(&mut machine, subject, 0, Mode::Match, None, &mut stop), Err(Stop::Interrupted));
    assert_eq!(
        regex.find(&mut machine, Subject { text: b"b", is_narrow: true }, 0, Mode::Match, None, &mut || false),
        Ok(true)
    );
    assert_eq!(machine.whole(), (0, 0));
}
