//! Property lists, as XML: how macOS keeps what it wants to know of a program.

/// A value.
pub(super) enum Value {
    True,
    Text(String),
    Real(u32),
    Data(Vec<u8>),
    Dict(Vec<(String, Value)>),
}

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }
}

/// A dictionary, in this order.
pub(super) fn dict<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
    Value::Dict(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

/// The file that holds a value.
pub(super) fn document(value: &Value) -> Vec<u8> {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n",
    );
    write(value, 0, &mut out);
    out.push_str("</plist>\n");
    out.into_bytes()
}

fn write(value: &Value, depth: usize, out: &mut String) {
    let indent = "\t".repeat(depth);
    match value {
        Value::True => out.push_str(&format!("{indent}<true/>\n")),
        Value::Text(text) => out.push_str(&format!("{indent}<string>{}</string>\n", escaped(text))),
        Value::Real(number) => out.push_str(&format!("{indent}<real>{number}</real>\n")),
        Value::Data(bytes) => out.push_str(&format!("{indent}<data>\n{indent}{}\n{indent}</data>\n", base64(bytes))),
        Value::Dict(entries) => {
            out.push_str(&format!("{indent}<dict>\n"));
            for (key, value) in entries {
                out.push_str(&format!("{indent}\t<key>{}</key>\n", escaped(key)));
                write(value, depth + 1, out);
            }
            out.push_str(&format!("{indent}</dict>\n"));
        }
    }
}

/// Text as XML has it. What XML cannot say at all is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let value = word >> (18 - 6 * digit) & 63;
            out.push(if digit <= chunk.len() { DIGITS[value as usize].into() } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_with_all_endings() {
        assert_eq!(base64(b""), "");
        assert_eq!(base64(b"f"), "Zg==");
        assert_eq!(base64(b"fo"), "Zm8=");
        assert_eq!(base64(b"foo"), "Zm9v");
        assert_eq!(base64(&[0xfb, 0xff, 0xfe, 0x01]), "+//+AQ==");
    }

    #[test]
    fn text_is_escaped() {
        let text = String::from_utf8(document(&dict([("a<b", Value::text("x & \u{1}y"))]))).expect("it is text");
        assert!(text.contains("<key>a&lt;b</key>\n\t<string>x &amp; y</string>"), "{text}");
    }
}
