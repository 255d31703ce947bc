//! The files that the demo leaves: certificates, the mapping, `postern.toml`, and the JSON Schemas of
//! both for editors.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use crate::server::Token;

use super::super::schema;
use super::{BASE_PATH, reachable, shown};

const MAPPING: &str = include_str!("../../../mappings/demo.toml");

/// What the editor's line of a file names; both lie beside the files that name them.
const SCHEMAS: [(&str, schema::File); 2] =
    [("mapping.schema.json", schema::File::Mapping), ("postern.schema.json", schema::File::Config)];

/// Makes what is missing. `postern.toml` is written anew, since the token is; a former one stays
/// beside it as `postern.toml.old`.
pub(super) fn make(folder: &Path, listen: SocketAddr, admin: SocketAddr, token: &str) -> Result<(), String> {
    let named = |path: &Path, error: &dyn std::fmt::Display| format!("`{}`: {error}", shown(path));
    let mapping = folder.join("mapping.toml");
    if !mapping.exists() {
        let text = format!("#:schema ./mapping.schema.json\n\n{MAPPING}");
        fs::write(&mapping, text).map_err(|error| named(&mapping, &error))?;
    }
    for (name, of) in SCHEMAS {
        let path = folder.join(name);
        fs::write(&path, schema::text(of, None)?).map_err(|error| named(&path, &error))?;
    }
    if !folder.join("ca.pem").exists() {
        certificates(folder, listen).map_err(|error| named(folder, &error))?;
    }
    let config = folder.join("postern.toml");
    if config.exists() {
        fs::rename(&config, folder.join("postern.toml.old")).map_err(|error| named(&config, &error))?;
    }
    fs::write(&config, postern_toml(listen, admin, token)).map_err(|error| named(&config, &error))
}

fn postern_toml(listen: SocketAddr, admin: SocketAddr, token: &str) -> String {
    format!(
        "\
#:schema ./postern.schema.json

# Written by `postern demo`. Edit it and run `postern check`, then `postern serve`, with
# `--config` and this file's path.

[server]
listen     = \"{listen}\"
public_url = \"https://{}\"
tls        = {{ certificate = \"tls.crt\", key = \"tls.key\" }}
admin      = \"{admin}\"                  # /metrics /livez /readyz
pre_drain  = \"0s\"

[correlation]
store = \"sqlite:correlation.db\"                 # ids and externalIds: keep it, and keep it safe

[audit]
file = \"audit.log\"

[[tenant]]
name    = \"demo\"
path    = \"{BASE_PATH}\"
mapping = \"mapping.toml\"

[[tenant.token]]
name   = \"demo\"
sha256 = \"{}\"
",
        reachable(listen),
        Token::hash_in_hex(token),
    )
}

/// An authority of its own and a certificate for this machine's addresses.
fn certificates(folder: &Path, listen: SocketAddr) -> Result<(), Box<dyn std::error::Error>> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Postern demo authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = KeyPair::generate()?;
    let authority_certificate = authority.self_signed(&authority_key)?;
    let issuer = Issuer::new(authority, authority_key);

    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let own = reachable(listen).ip().to_string();
    if !names.contains(&own) {
        names.push(own);
    }
    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name.push(DnType::CommonName, "Postern demo");
    leaf.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = leaf.signed_by(&key, &issuer)?;

    secret(&folder.join("tls.key"), &key.serialize_pem())?;
    fs::write(folder.join("tls.crt"), certificate.pem() + &authority_certificate.pem())?;
    fs::write(folder.join("ca.pem"), authority_certificate.pem())?;
    Ok(())
}

/// A file that only its owner can read, from its first byte on.
fn secret(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}
