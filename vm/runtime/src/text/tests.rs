//! Every line of `testdata/cases.txt` (what CPython 3.13 answers) against these modules.

use super::codecs::{Fix, Problem, handlers::Builtin};
use super::format_number::{IntRef, complex_repr, format_complex, format_float_text, format_int};
use super::format_spec::{FormatError, format_str};
use super::split::{Ends, Text};
use super::*;
use num_bigint::BigInt;

const LIMIT: usize = 4300;
/// The `decode` cases where a message names a position or a reason are compared in these two parts.
type Answer = Result<Vec<u8>, String>;

fn unescape(field: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut fail = |problem: Problem| -> Result<Fix, ()> { panic!("{problem:?} in {field}") };
    codecs::escape::decode_unicode(field.as_bytes(), &mut out, true, &mut None, &mut fail).unwrap();
    out
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or("\u{FFFD}")
}

fn float(field: &[u8]) -> f64 {
    float_hex::from_hex(field).unwrap()
}

fn big(field: &[u8]) -> BigInt {
    text(field).parse().unwrap()
}

fn of_format(result: Result<Vec<u8>, FormatError>) -> Answer {
    result.map_err(|error| match error {
        FormatError::Value(message) => message,
        FormatError::Overflow(message) => message.to_owned(),
        FormatError::Memory => String::new(),
    })
}

fn ok(text: impl Into<Vec<u8>>) -> Answer {
    Ok(text.into())
}

fn list(items: &[&[u8]]) -> Answer {
    let mut out = b"[".to_vec();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(b", ");
        }
        repr::repr_str(&mut out, item);
    }
    out.push(b']');
    Ok(out)
}

fn collect<'a>(reverse: bool, run: impl FnOnce(&mut dyn FnMut(&'a [u8]))) -> Answer {
    let mut items = Vec::new();
    run(&mut |item| items.push(item));
    if reverse {
        items.reverse();
    }
    list(&items)
}

fn count_of(field: &[u8]) -> usize {
    text(field).parse::<isize>().map_or(0, |n| if n < 0 { usize::MAX } else { n as usize })
}

fn percent(format: &[u8], push: impl Fn(&mut Vec<u8>, &percent::Conversion, percent::Resolved)) -> Answer {
    let mut parser = percent::Parser::new(format, true);
    let mut out = Vec::new();
    while let Some(piece) = parser.next_piece().map_err(|e| e.0)? {
        match piece {
            percent::Piece::Literal(literal) => out.extend_from_slice(literal),
            percent::Piece::Convert(conversion) => {
                let fixed = |amount| match amount {
                    percent::Amount::Fixed(n) => Some(n),
                    _ => None,
                };
                let amounts = percent::Resolved {
                    width: fixed(conversion.width).unwrap_or(0),
                    precision: fixed(conversion.precision),
                    left: conversion.left,
                };
                push(&mut out, &conversion, amounts);
            }
        }
    }
    Ok(out)
}

fn describe(problem: Problem) -> String {
    if problem.end == problem.start + 1 {
        format!("in position {}: {}", problem.start, problem.reason)
    } else {
        format!("in position {}-{}: {}", problem.start, problem.end - 1, problem.reason)
    }
}

fn decode(codec: &str, errors: &str, input: &[u8]) -> Answer {
    use codecs::{Order, escape, single, utf7, utf8, utf16, utf32};
    let builtin = Builtin::from_name(errors).unwrap();
    let mut out = Vec::new();
    let mut offset = 0;
    let mut order = Order::NATIVE;
    let detected = match codec {
        "utf-16" => utf16::detect(input),
        "utf-32" => utf32::detect(input),
        _ => None,
    };
    if let Some((found, len)) = detected {
        (order, offset) = (found, len);
    }
    let encoding = match (codec, order) {
        ("utf-16", Order::Little) => "utf-16-le",
        ("utf-16", Order::Big) => "utf-16-be",
        ("utf-32", Order::Little) => "utf-32-le",
        ("utf-32", Order::Big) => "utf-32-be",
        _ => codec,
    };
    let body = &input[offset..];
    let handler: codecs::Handler<String> = &mut |problem| {
        let moved = Problem { start: problem.start + offset, end: problem.end + offset, ..problem };
        builtin.fix_decoding(body, problem, encoding).ok_or_else(|| describe(moved))
    };
    match encoding {
        "utf-8" => utf8::decode(body, &mut out, true, handler),
        "utf-16-le" => utf16::decode(body, Order::Little, &mut out, true, handler),
        "utf-16-be" => utf16::decode(body, Order::Big, &mut out, true, handler),
        "utf-32-le" => utf32::decode(body, Order::Little, &mut out, true, handler),
        "utf-32-be" => utf32::decode(body, Order::Big, &mut out, true, handler),
        "latin-1" => {
            single::decode_latin1(body, &mut out);
            Ok(0)
        }
        "ascii" => single::decode_ascii(body, &mut out, handler),
        "unicode_escape" => escape::decode_unicode(body, &mut out, true, &mut None, handler),
        "raw_unicode_escape" => escape::decode_raw(body, &mut out, true, handler),
        _ => utf7::decode(body, &mut out, true, handler),
    }?;
    Ok(out)
}

fn encode(codec: &str, errors: &str, input: &[u8]) -> Answer {
    use codecs::{Order, escape, single, utf7, utf8, utf16, utf32};
    let builtin = Builtin::from_name(errors).unwrap();
    let mut out = Vec::new();
    let handler: codecs::Handler<String> =
        &mut |problem| builtin.fix_encoding(input, problem, codec).ok_or_else(|| describe(problem));
    match codec {
        "utf-8" => utf8::encode(input, &mut out, handler)?,
        "utf-16" => {
            utf16::push(&mut out, 0xFEFF, Order::NATIVE);
            utf16::encode(input, Order::NATIVE, &mut out, handler)?;
        }
        "utf-32" => {
            utf32::push(&mut out, 0xFEFF, Order::NATIVE);
            utf32::encode(input, Order::NATIVE, &mut out, handler)?;
        }
        "utf-16-le" => utf16::encode(input, Order::Little, &mut out, handler)?,
        "utf-16-be" => utf16::encode(input, Order::Big, &mut out, handler)?,
        "utf-32-le" => utf32::encode(input, Order::Little, &mut out, handler)?,
        "utf-32-be" => utf32::encode(input, Order::Big, &mut out, handler)?,
        "latin-1" => single::encode_latin1(input, &mut out, handler)?,
        "ascii" => single::encode_ascii(input, &mut out, handler)?,
        "unicode_escape" => escape::encode_unicode(input, &mut out),
        "raw_unicode_escape" => escape::encode_raw(input, &mut out),
        _ => utf7::encode(input, &mut out),
    }
    Ok(latin1(&out))
}

fn latin1(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    codecs::single::decode_latin1(bytes, &mut out);
    out
}

fn to_latin1(text: &[u8]) -> Vec<u8> {
    wtf8::code_points(text).map(|cp| if cp < 256 { cp as u8 } else { b'?' }).collect()
}

fn numbers(op: &str, args: &[Vec<u8>]) -> Option<Answer> {
    let arg = |i: usize| &args[i][..];
    let small = |i: usize| text(&args[i]).parse::<i64>().unwrap();
    let hex = |x: f64| ok(float_hex::hex(x));
    Some(match op {
        "repr" => ok(float_fmt::repr(float(arg(0)))),
        "hex" => ok(float_hex::hex(float_parse::parse(arg(0)).unwrap())),
        "float" => of_format(format_float_text(float(arg(0)), arg(1), "float")),
        "round" => match float_ops::round(float(arg(0)), small(1)) {
            Some(x) => hex(x),
            None => Err("rounded value too large to represent".into()),
        },
        "fhash" => ok(float_ops::hash(float(arg(0))).unwrap().to_string()),
        "pfloat" => percent(arg(1), |out, c, amounts| percent::push_float(out, float(arg(0)), c, amounts)),
        "int" => {
            let n = big(arg(0));
            of_format(format_int(IntRef::Big(&n), arg(1), "int", LIMIT))
        }
        "pint" => {
            let n = big(arg(0));
            percent(arg(1), |out, c, amounts| percent::push_int(out, IntRef::Big(&n), c, amounts, LIMIT).unwrap())
        }
        "ihash" => ok(int_convert::hash_big(&big(arg(0))).to_string()),
        "tofloat" => match int_convert::to_f64(&big(arg(0))) {
            Ok(x) => hex(x),
            Err(_) => Err(int_convert::TooLarge::MESSAGE.into()),
        },
        "truediv" => match int_convert::true_divide(&big(arg(0)), &big(arg(1))) {
            Ok(x) => hex(x),
            Err(_) => Err("integer division result too large for a float".into()),
        },
        "divmod" => {
            let (quotient, rest) = int_ops::divmod(&big(arg(0)), &big(arg(1))).unwrap();
            ok(format!("({quotient}, {rest})"))
        }
        "powmod" => match int_ops::pow_mod(&big(arg(0)), &big(arg(1)), &big(arg(2))) {
            Ok(n) => ok(n.to_string()),
            Err(error) => Err(error.message().into()),
        },
        "iround" => ok(int_ops::round_to_power_of_ten(&big(arg(0)), small(1) as u32).to_string()),
        "parse" => match int_parse::parse(arg(0), small(1) as u32, LIMIT) {
            Ok(int_parse::Int::Small(n)) => ok(n.to_string()),
            Ok(int_parse::Int::Big(n)) if n.bits() > 15_000 => Err(int_convert::too_many_digits(LIMIT)),
            Ok(int_parse::Int::Big(n)) => ok(n.to_string()),
            Err(error) => {
                let mut shown = Vec::new();
                repr::repr_str(&mut shown, arg(0));
                Err(error.message(small(1) as u32, text(&shown)))
            }
        },
        "fparse" => match float_parse::parse(arg(0)) {
            Some(x) => hex(x),
            None => Err("could not convert".into()),
        },
        "cparse" => match float_parse::parse_complex(arg(0)) {
            Some((re, im)) => ok(complex_repr(re, im)),
            None => Err("complex() arg is a malformed string".into()),
        },
        "fromhex" => match float_hex::from_hex(arg(0)) {
            Ok(x) => hex(x),
            Err(error) => Err(error.message().into()),
        },
        "crepr" => ok(complex_repr(float(arg(0)), float(arg(1)))),
        "complex" => of_format(format_complex(float(arg(0)), float(arg(1)), arg(2), "complex")),
        _ => return None,
    })
}

fn strings(op: &str, args: &[Vec<u8>]) -> Answer {
    let s = &args[0][..];
    let arg = |i: usize| &args[i][..];
    match op {
        "str" => of_format(format_str(s, arg(1), "str")),
        "case" => ok(match text(arg(1)) {
            "upper" => case::upper(s),
            "lower" => case::lower(s),
            "title" => case::title(s),
            "capitalize" => case::capitalize(s),
            "swapcase" => case::swapcase(s),
            _ => case::casefold(s),
        }),
        "is" => {
            let answer = match text(arg(1)) {
                "isalpha" => chars::all(s, chars::is_alpha),
                "isalnum" => chars::all(s, chars::is_alnum),
                "isdecimal" => chars::all(s, chars::is_decimal),
                "isdigit" => chars::all(s, chars::is_digit),
                "isnumeric" => chars::all(s, chars::is_numeric),
                "isspace" => chars::all(s, chars::is_space),
                "isprintable" => chars::str_is_printable(s),
                "islower" => chars::str_is_lower(s),
                "isupper" => chars::str_is_upper(s),
                "istitle" => chars::str_is_title(s),
                "isidentifier" => chars::str_is_identifier(s),
                _ => s.is_ascii(),
            };
            ok(if answer { "True" } else { "False" })
        }
        "ascii" | "reprs" | "reprb" => {
            let mut out = Vec::new();
            match op {
                "ascii" => repr::ascii_str(&mut out, s),
                "reprs" => repr::repr_str(&mut out, s),
                _ => repr::repr_bytes(&mut out, &to_latin1(s)),
            }
            Ok(out)
        }
        "split" => collect(false, |emit| split::split_space::<Text>(s, count_of(arg(1)), emit)),
        "rsplit" => collect(true, |emit| split::rsplit_space::<Text>(s, count_of(arg(1)), emit)),
        "splits" => collect(false, |emit| split::split(s, arg(1), count_of(arg(2)), emit)),
        "rsplits" => collect(true, |emit| split::rsplit(s, arg(1), count_of(arg(2)), emit)),
        "lines" => collect(false, |emit| split::split_lines::<Text>(s, arg(1) == b"1", emit)),
        "strip" => list(&[Ends::Both, Ends::Left, Ends::Right].map(|ends| match arg(1) {
            [] => split::strip_space::<Text>(s, ends),
            set => split::strip_chars(s, set, ends),
        })),
        "replace" => {
            let (old, new, most) = (arg(1), arg(2), count_of(arg(3)));
            ok(if old.is_empty() {
                search::replace_empty(s, new, most, wtf8::width)
            } else {
                search::replace(s, old, new, most).unwrap_or_else(|| s.to_vec())
            })
        }
        "slice" => {
            let number = |i: usize| text(arg(i)).parse::<isize>().unwrap();
            ok(wtf8::slice_with_step(s, number(1).max(0) as usize, number(2), number(3) as usize))
        }
        "pad" => {
            use pad::Justify::{Center, Left, Right};
            let (len, width) = (wtf8::count(s), count_of(arg(1)));
            let just =
                |fill: &str, how| pad::justify(s, len, width, fill.as_bytes(), how).unwrap_or_else(|| s.to_vec());
            let zeros = pad::zfill(s, len, width).unwrap_or_else(|| s.to_vec());
            let tabs = pad::expand_tabs(s, width, |byte| byte & 0xC0 != 0x80).unwrap();
            list(&[&just("*", Center), &just("é", Left), &just(" ", Right), &zeros, &tabs])
        }
        "decode" => decode(text(arg(0)), text(arg(1)), &to_latin1(arg(2))),
        "encode" => encode(text(arg(0)), text(arg(1)), arg(2)),
        _ => panic!("unknown operation {op}"),
    }
}

#[test]
fn answers_are_those_of_cpython() {
    let mut wrong = Vec::new();
    let cases = include_str!("testdata/cases.txt");
    for line in cases.lines() {
        let mut fields = line.split('\t');
        let op = fields.next().unwrap_or_default();
        let mut args: Vec<Vec<u8>> = fields.map(unescape).collect();
        let expected = args.pop().unwrap();
        let got = numbers(op, &args).unwrap_or_else(|| strings(op, &args));
        let same = match &got {
            Ok(answer) => *answer == expected,
            Err(message) => expected.first() == Some(&b'!') && text(&expected).contains(message.as_str()),
        };
        if !same {
            let shown = got.map(|answer| wtf8::to_lossy(&answer).into_owned());
            wrong.push(format!("{line}\n        got {shown:?}"));
        }
    }
    let shown: Vec<&String> = wrong.iter().take(60).collect();
    assert!(wrong.is_empty(), "{} wrong answers of {}: {shown:#?}", wrong.len(), cases.lines().count());
}

#[test]
fn an_index_finds_what_walking_finds() {
    let s: Vec<u8> = (0..500).flat_map(|n| wtf8::encode([0x41, 0xE9, 0x20AC, 0x1F600, 0xD800][n % 5])).collect();
    let index = wtf8::Index::new(&s);
    assert_eq!(index.len(), 500);
    for n in 0..=500 {
        let at = wtf8::offset_of(&s, n);
        assert_eq!(index.offset(&s, n), at);
        assert_eq!(index.number(&s, at), n);
    }
}

#[test]
fn long_decimals_are_read_and_written_alike() {
    let digits: Vec<u8> = (0..20_000).map(|i| (i * i % 10) as u8 | u8::from(i == 0)).collect();
    let n = BigInt::from(int_parse::magnitude(&digits, 10));
    let shown: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
    assert_eq!(int_convert::to_decimal(&n, 0), Some(shown));
    assert_eq!(int_convert::to_decimal(&n, LIMIT), None);
}
