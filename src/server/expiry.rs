//! Until when a certificate is valid: as much of X.509 as that needs and no more.
//!
//! Nothing is verified and nothing is trusted here; the date is for operators to be warned in time.

use jiff::Timestamp;
use jiff::civil::DateTime;

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `[0] EXPLICIT`, the version, which certificates of version 1 leave out.
const VERSION: u8 = 0xa0;

/// `notAfter` of a DER certificate (RFC 5280 §4.1); none when it is not where it should be.
pub(super) fn not_after(certificate: &[u8]) -> Option<Timestamp> {
    let (certificate, _) = element(certificate, SEQUENCE)?;
    let (tbs, _) = element(certificate, SEQUENCE)?;
    let after_version = if tbs.first() == Some(&VERSION) { any_element(tbs)?.rest } else { tbs };
    // serialNumber, signature, issuer
    let validity = (0..3).try_fold(after_version, |rest, _| Some(any_element(rest)?.rest))?;
    let (validity, _) = element(validity, SEQUENCE)?;
    let not_after = any_element(any_element(validity)?.rest)?;
    time(not_after.tag, std::str::from_utf8(not_after.content).ok()?)
}

struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    any_element(der).filter(|found| found.tag == tag).map(|found| (found.content, found.rest))
}

/// The first tag, length and content of `der`; lengths of up to three bytes.
fn any_element(der: &[u8]) -> Option<Element<'_>> {
    let (&tag, der) = der.split_first()?;
    let (&first, der) = der.split_first()?;
    let (length, der) = match first {
        0..=0x7f => (usize::from(first), der),
        0x81..=0x83 => {
            let (bytes, der) = der.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), der)
        }
        _ => return None,
    };
    let (content, rest) = der.split_at_checked(length)?;
    Some(Element { tag, content, rest })
}

/// `YYMMDDHHMMSSZ` (49 is 2049, 50 is 1950) or `YYYYMMDDHHMMSSZ` (RFC 5280 §4.1.2.5).
fn time(tag: u8, text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?;
    let full = match tag {
        UTC_TIME if digits.len() == 12 => format!("{}{digits}", if digits < "50" { "20" } else { "19" }),
        GENERALIZED_TIME => digits.to_owned(),
        _ => return None,
    };
    let at = DateTime::strptime("%Y%m%d%H%M%S", &full).ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}
