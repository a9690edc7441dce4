//! Proof that a webhook comes from whom it claims. Every comparison takes the same time whatever the signature says.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// A webhook whose signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the signature does not match; check that the configured public URL is the one the sender calls, and the secret"
)]
pub struct WrongSignature;

/// Checks `X-Twilio-Signature` of a form webhook: base64 of HMAC-SHA1 over the URL followed by every parameter's name
/// and value, sorted, repeated ones once (the scheme of Twilio's own request validators).
///
/// `url` is the public address Twilio was told to call, with its query: never made from request headers. Twilio signs
/// with or without the scheme's usual port, so both count.
pub fn check_twilio_form(
    auth_token: &SecretString,
    url: &str,
    body: &[u8],
    signature: &str,
) -> Result<(), WrongSignature> {
    let mut parameters: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        parameters.entry(name.into_owned()).or_default().insert(value.into_owned());
    }
    let mut text = String::new();
    for (name, values) in &parameters {
        for value in values {
            text.push_str(name);
            text.push_str(value);
        }
    }
    accept(any_url_matches(auth_token, url, &text, signature))
}

/// Checks `X-Twilio-Signature` of a JSON webhook: the URL alone is signed, and its `bodySHA256` parameter is the hash of
/// the body in hexadecimal.
pub fn check_twilio_json(
    auth_token: &SecretString,
    url: &str,
    body: &[u8],
    signature: &str,
) -> Result<(), WrongSignature> {
    let hash = hex::encode(Sha256::digest(body));
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let promised = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "bodySHA256")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let same_body = promised.as_bytes().ct_eq(hash.as_bytes());
    accept(any_url_matches(auth_token, url, "", signature) & same_body)
}

fn accept(matches: Choice) -> Result<(), WrongSignature> {
    if bool::from(matches) { Ok(()) } else { Err(WrongSignature) }
}

fn any_url_matches(auth_token: &SecretString, url: &str, parameters: &str, signature: &str) -> Choice {
    let other = with_other_port(url);
    let mut matches = Choice::from(0);
    for url in [Some(url), other.as_deref()].into_iter().flatten() {
        let mut mac =
            Hmac::<Sha1>::new_from_slice(auth_token.expose_secret().as_bytes()).expect("HMAC takes keys of any length");
        mac.update(url.as_bytes());
        mac.update(parameters.as_bytes());
        let expected = STANDARD.encode(mac.finalize().into_bytes());
        matches |= expected.as_bytes().ct_eq(signature.as_bytes());
    }
    matches
}

/// `url` without its scheme's usual port if it names it, or with it if it names none; `None` when it names another.
fn with_other_port(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    match authority[host_end..].find(':').map(|colon| host_end + colon) {
        None => Some(format!("{scheme}://{authority}{port}{tail}")),
        Some(colon) if &authority[colon..] == port => Some(format!("{scheme}://{}{tail}", &authority[..colon])),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";

    fn token() -> SecretString {
        SecretString::from("12345")
    }

    fn form(pairs: &[(&str, &str)]) -> Vec<u8> {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
    }

    fn call(number: &str) -> Vec<u8> {
        form(&[
            ("To", "+18005551212"),
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", number),
            ("From", number),
            ("Digits", "1234"),
        ])
    }

    /// Signs as Twilio does, for parameters that need no sorting.
    fn sign(url: &str, parameters: &str) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(b"12345").unwrap();
        mac.update(url.as_bytes());
        mac.update(parameters.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    #[test]
    fn published_form_signatures_hold() {
        let vectors =
            [("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")];
        for (number, signature) in vectors {
            assert_eq!(check_twilio_form(&token(), URL, &call(number), signature), Ok(()), "{number}");
        }
    }

    #[test]
    fn repeated_parameters_are_sorted_and_counted_once() {
        let digits = [("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")];
        let body = form(&[&[("SidAccount", "AC123"), ("Sid", "CA123")], &digits[..]].concat());
        assert_eq!(check_twilio_form(&token(), URL, &body, "IK+Dwps556ElfBT0I3Rgjkr1wJU="), Ok(()));
    }

    #[test]
    fn a_json_body_is_covered_by_the_hash_in_the_url() {
        let hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
        let url = format!("{URL}&bodySHA256={hash}");
        let signature = "a9nBmqA0ju/hNViExpshrM61xv4=";
        let body = br#"{"property": "value", "boolean": true}"#;
        assert_eq!(check_twilio_json(&token(), &url, body, signature), Ok(()));
        let changed = br#"{"property": "value", "boolean": null}"#;
        assert_eq!(check_twilio_json(&token(), &url, changed, signature), Err(WrongSignature));
        assert_eq!(check_twilio_json(&token(), URL, body, &sign(URL, "")), Err(WrongSignature));
    }

    #[test]
    fn the_usual_port_may_be_written_or_not() {
        for (ours, theirs) in [
            ("https://desk.example/in?a=b:1", "https://desk.example:443/in?a=b:1"),
            ("https://desk.example:443/in", "https://desk.example/in"),
            ("http://desk.example/in", "http://desk.example:80/in"),
            ("https://[2001:db8::1]/in", "https://[2001:db8::1]:443/in"),
        ] {
            assert_eq!(check_twilio_form(&token(), ours, b"A=1", &sign(theirs, "A1")), Ok(()), "{ours}");
        }
    }

    #[test]
    fn an_unusual_port_is_part_of_the_address() {
        let signature = sign("https://desk.example/in", "A1");
        let url = "https://desk.example:8443/in";
        assert_eq!(check_twilio_form(&token(), url, b"A=1", &signature), Err(WrongSignature));
    }

    #[test]
    fn no_signature_is_a_wrong_one() {
        assert_eq!(check_twilio_form(&token(), URL, b"A=1", ""), Err(WrongSignature));
    }

    proptest! {
        #[test]
        fn any_changed_byte_fails(
            value in "[ -~]{1,40}",
            part in 0..4_usize,
            place in any::<prop::sample::Index>(),
            new in b'a'..=b'z',
        ) {
            let mut parts = [b"12345".to_vec(), URL.as_bytes().to_vec(), value.clone().into_bytes(), vec![]];
            parts[3] = sign(URL, &format!("Body{value}")).into_bytes();
            let byte = place.index(parts[part].len());
            prop_assume!(parts[part][byte] != new);
            parts[part][byte] = new;
            let [token, url, value, signature] = parts.map(|bytes| String::from_utf8(bytes).unwrap());
            let body = form(&[("Body", &value)]);
            let result = check_twilio_form(&SecretString::from(token), &url, &body, &signature);
            prop_assert_eq!(result, Err(WrongSignature));
        }

        #[test]
        fn an_unchanged_message_holds(value in "\\PC{0,40}") {
            let signature = sign(URL, &format!("Body{value}"));
            prop_assert_eq!(check_twilio_form(&token(), URL, &form(&[("Body", &value)]), &signature), Ok(()));
        }
    }
}
