//! What Liquid's filters do to texts.

use serde_json::Value;

use super::filters::{self, number};
use super::render::MAX_OUTPUT;

/// What to say of a text that would not fit.
pub(super) const TOO_LONG: &str = "This text grows too long; make it shorter.";

pub(super) fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + &chars.as_str().to_lowercase(),
        None => String::new(),
    }
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

pub(super) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

pub(super) fn strip_html(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

pub(super) fn url_encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The text with every `%41` and `+` read; what does not read so stays.
pub(super) fn url_decode(text: &str) -> String {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let decoded = hex
            .filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        rest = after;
        match (byte, decoded) {
            (b'%', Some(decoded)) => {
                out.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(*byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The text with what cannot stand in an address written as `%41`.
pub(super) fn url_escape(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~!*'();:@&=+$,/?#[]".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 (RFC 4648), `-` and `_` instead of `+` and `/` where it must fit into an address.
pub(super) fn base64_encode(text: &str, for_url: bool) -> String {
    let mut out = String::with_capacity(text.len() * 4 / 3 + 4);
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().enumerate().fold(0_u32, |bits, (i, byte)| {
            bits | u32::from(*byte) << (16 - 8 * i)
        });
        for place in 0..4 {
            if place > chunk.len() {
                out.push('=');
                continue;
            }
            let index = (bits >> (18 - 6 * place) & 63) as usize;
            let letter = BASE64.get(index).copied().unwrap_or(b'=');
            out.push(match letter {
                b'+' if for_url => '-',
                b'/' if for_url => '_',
                letter => char::from(letter),
            });
        }
    }
    out
}

/// Reads Base64 in either spelling; `None` when it is none, or no text.
pub(super) fn base64_decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let byte = match byte {
            b'-' => b'+',
            b'_' => b'/',
            byte if byte.is_ascii_whitespace() => continue,
            byte => byte,
        };
        let value = BASE64.iter().position(|letter| *letter == byte)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 255).ok()?);
        }
    }
    String::from_utf8(out).ok()
}

/// `blue mug` as `BlueMug`.
pub(super) fn camelize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let mut chars = word.chars();
        if let Some(first) = chars.next() {
            out.extend(first.to_uppercase());
            out.push_str(chars.as_str());
        }
    }
    out
}

/// A handle as Shopify makes it: small letters and digits, joined by hyphens.
pub(super) fn handle(text: &str) -> String {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

pub(super) fn replace(text: &str, from: &str, to: &str, times: usize) -> Result<String, String> {
    // One letter can become a whole text, so the size is known before it is made.
    let found = text.matches(from).take(times).count();
    if text.len() + found.saturating_mul(to.len()) > MAX_OUTPUT {
        return Err(TOO_LONG.to_string());
    }
    Ok(text.replacen(from, to, times))
}

/// The text with the last place of `from` replaced.
pub(super) fn replace_last(text: &str, from: &str, to: &str) -> String {
    match text.rsplit_once(from) {
        Some((before, after)) => format!("{before}{to}{after}"),
        None => text.to_string(),
    }
}

/// The texts with another between them.
pub(super) fn join(parts: &[String], between: &str) -> Result<String, String> {
    // A list of a hundred thousand texts, joined by a long one, would not fit into any memory.
    let length = parts.iter().map(String::len).sum::<usize>();
    if length + between.len().saturating_mul(parts.len()) > MAX_OUTPUT {
        return Err(TOO_LONG.to_string());
    }
    Ok(parts.join(between))
}

pub(super) fn length(arguments: &[Value], usual: usize) -> usize {
    arguments
        .first()
        .and_then(number)
        .map_or(usual, |length| length.clamp(0.0, 1e9) as usize)
}

pub(super) fn truncate(text: &str, arguments: &[Value]) -> String {
    let length = length(arguments, 50);
    let end = arguments
        .get(1)
        .map_or_else(|| "...".to_string(), filters::text);
    if text.chars().count() <= length {
        return text.to_string();
    }
    let kept = length.saturating_sub(end.chars().count());
    text.chars().take(kept).collect::<String>() + &end
}

pub(super) fn truncate_words(text: &str, arguments: &[Value]) -> String {
    let length = length(arguments, 15).max(1);
    let end = arguments
        .get(1)
        .map_or_else(|| "...".to_string(), filters::text);
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() <= length {
        return text.to_string();
    }
    words.get(..length).unwrap_or_default().join(" ") + &end
}
