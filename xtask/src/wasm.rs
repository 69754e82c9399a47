//! WebAssembly modules as bytes.

/// The module without its custom sections (names and producers), which no browser needs. `None` for
/// what is no module.
pub fn without_names(wasm: &[u8]) -> Option<Vec<u8>> {
    /// The magic number and the version.
    const HEADER: usize = 8;
    const CUSTOM: u8 = 0;
    if !wasm.starts_with(b"\0asm") {
        return None;
    }
    let (head, mut rest) = wasm.split_at_checked(HEADER)?;
    let mut out = head.to_vec();
    while let Some(id) = rest.first() {
        let (length, bytes) = leb128(rest.get(1..)?)?;
        let (section, after) = rest.split_at_checked(1 + bytes + length)?;
        if *id != CUSTOM {
            out.extend_from_slice(section);
        }
        rest = after;
    }
    Some(out)
}

/// An unsigned number as WebAssembly writes it, and how many bytes it takes.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (at, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_are_left_out_and_the_others_kept() {
        let module = b"\0asm\x01\0\0\0\x01\x02ab\0\x03xyz\x03\x01c";
        assert_eq!(
            without_names(module).as_deref(),
            Some(&b"\0asm\x01\0\0\0\x01\x02ab\x03\x01c"[..])
        );
        assert_eq!(without_names(b"\0asm\x01\0\0\0\x01\x7f"), None);
        assert_eq!(without_names(b"no module"), None);
        assert_eq!(leb128(&[0x80, 0x02]), Some((256, 2)));
    }
}
