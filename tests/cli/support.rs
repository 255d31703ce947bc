//! A folder of its own for each test, and the program run in it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A mapping without a fault.
pub(crate) const MAPPING: &str = r#"[application]
name = "Staff"

[downstream]
kind = "sql"
url  = "sqlite:app.db"

[User]
table = "users"
key   = "id"

[User.attributes]
userName = { field = "login", match = 1 }
active   = { field = "locked", write = 'Switch([active], , "True", "0", "False", "1")' }
"#;

/// A configuration without a fault around `app.toml`.
pub(crate) const CONFIG: &str = r#"[server]
listen     = "127.0.0.1:0"
admin      = "127.0.0.2:0"
public_url = "https://scim.example.com"
tls        = { certificate = "tls.crt", key = "tls.key" }

[[tenant]]
name    = "contoso"
path    = "/scim/v2"
mapping = "app.toml"

[[tenant.token]]
name   = "entra"
sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
"#;

/// A folder that is gone when it is dropped.
pub(crate) struct Folder(PathBuf);

/// What the program did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("postern-cli-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A folder with a certificate, its key, a mapping `app.toml` and a configuration
    /// `postern.toml`, all without a fault.
    pub(crate) fn ready() -> Self {
        let folder = Self::new();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        folder.put("tls.crt", &made.cert.pem());
        folder.put("tls.key", &made.signing_key.serialize_pem());
        folder.put("app.toml", MAPPING);
        folder.put("postern.toml", CONFIG);
        folder
    }

    /// Writes a file.
    pub(crate) fn put(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Runs the program here.
    pub(crate) fn postern(&self, arguments: &[&str]) -> Done {
        self.postern_with(arguments, &[], "")
    }

    /// Runs the program here with more environment and something on its standard input.
    pub(crate) fn postern_with(&self, arguments: &[&str], env: &[(String, String)], input: &str) -> Done {
        let mut child = Command::new(env!("CARGO_BIN_EXE_postern"))
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("POSTERN_CONFIG")
            .envs(env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        Done {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
