//! The filters that turn a text into a fingerprint of it, in lower-case hexadecimal.
//!
//! Flow has these beside Liquid's own (env facts, "Liquid in Flow: limits"); merchants use them to
//! give an outside service an address or an id that it cannot read back.

use hmac::{Hmac, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The fingerprint of a text, `None` for a filter that makes none. `key` is the secret of the two
/// `hmac_…` filters.
pub(super) fn digest(filter: &str, text: &str, key: &str) -> Option<String> {
    let (text, key) = (text.as_bytes(), key.as_bytes());
    Some(match filter {
        "md5" => hex(&Md5::digest(text)),
        "sha1" => hex(&Sha1::digest(text)),
        "sha256" => hex(&Sha256::digest(text)),
        "blake3" => hex(blake3::hash(text).as_bytes()),
        "hmac_sha1" => {
            // A key of any length is one; the error is of keys that some other code could refuse.
            let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
            mac.update(text);
            hex(&mac.finalize().into_bytes())
        }
        "hmac_sha256" => {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
            mac.update(text);
            hex(&mac.finalize().into_bytes())
        }
        _ => return None,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::digest;

    /// From RFC 1321 (MD5), RFC 3174 and FIPS 180 (SHA), RFC 2202 and RFC 4231 (HMAC), and the
    /// test vectors of BLAKE3.
    #[test]
    fn digests_are_those_of_the_standards() {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let long_key = "k".repeat(200);
        for (filter, text, key, expected) in [
            ("md5", "", "", "d41d8cd98f00b204e9800998ecf8427e"),
            ("md5", "abc", "", "900150983cd24fb0d6963f7d28e17f72"),
            ("md5", letters, "", "d174ab98d277d9f5a5611c2c9f419d9f"),
            ("sha1", "", "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            (
                "sha1",
                "abc",
                "",
                "a9993e364706816aba3e25717850c26c9cd0d89d",
            ),
            (
                "sha1",
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
            ),
            (
                "sha256",
                "abc",
                "",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                "sha256",
                "",
                "",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                "blake3",
                "",
                "",
                "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
            ),
            (
                "blake3",
                "abc",
                "",
                "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
            ),
            (
                "hmac_sha1",
                "what do ya want for nothing?",
                "Jefe",
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            ),
            (
                "hmac_sha256",
                "what do ya want for nothing?",
                "Jefe",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                "hmac_sha256",
                "Hi There",
                &"\u{b}".repeat(20),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
        ] {
            assert_eq!(
                digest(filter, text, key).as_deref(),
                Some(expected),
                "{filter} of {text}"
            );
        }
        // A key longer than a block is hashed first, and an empty one is a key.
        assert_ne!(
            digest("hmac_sha1", "x", &long_key),
            digest("hmac_sha1", "x", "")
        );
        assert_eq!(digest("crc32", "x", ""), None);
    }
}
