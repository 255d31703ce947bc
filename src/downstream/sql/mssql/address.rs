//! `mssql://user:password@host:port/database` → where the server is and who asks.
//!
//! What cannot be read is told without a word of the address, which holds a password.

use percent_encoding::percent_decode_str;

/// A server, a database, and an account of the server's own.
#[derive(Clone, PartialEq, Eq)]
pub(in super::super) struct Place {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) database: String,
    pub(super) user: String,
    pub(super) password: String,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Place").finish_non_exhaustive()
    }
}

/// The port of an instance without a name.
const PORT: u16 = 1433;

/// Reads what comes after `mssql://`. A host in IPv6 stands in brackets; user, password and database
/// may be percent-encoded.
///
/// # Errors
/// What is wrong.
pub(in super::super) fn read(rest: &str) -> Result<Place, &'static str> {
    if rest.contains(['?', '#']) {
        return Err("the SQL Server address takes no parameters");
    }
    let (authority, database) = rest.split_once('/').ok_or("the SQL Server address names no database")?;
    let (account, server) = authority.rsplit_once('@').ok_or("the SQL Server address names no user")?;
    let (user, password) = account.split_once(':').ok_or("the SQL Server address has no password")?;
    let (host, port) = host_and_port(server)?;
    let place = Place { host, port, database: plain(database)?, user: plain(user)?, password: plain(password)? };
    match &place {
        Place { user, .. } if user.is_empty() => Err("the SQL Server address names no user"),
        Place { database, .. } if database.is_empty() => Err("the SQL Server address names no database"),
        _ => Ok(place),
    }
}

fn host_and_port(server: &str) -> Result<(String, u16), &'static str> {
    const UNREADABLE: &str = "the SQL Server address cannot be read";
    if server.contains('\\') {
        return Err("the SQL Server address names an instance: write the port that it listens on");
    }
    let (host, port) = match server.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or(UNREADABLE)?,
        None => server.split_at(server.find(':').unwrap_or(server.len())),
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().map_err(|_| UNREADABLE)?,
        None if port.is_empty() => PORT,
        None => return Err(UNREADABLE),
    };
    if host.is_empty() || host.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("the SQL Server address names no host");
    }
    Ok((host.to_owned(), port))
}

fn plain(text: &str) -> Result<String, &'static str> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| "the SQL Server address cannot be read")?;
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_parts() {
        let place = |host: &str, port, password: &str| {
            let (host, password) = (host.to_owned(), password.to_owned());
            Ok(Place { host, port, database: "crm".to_owned(), user: "scim".to_owned(), password })
        };
        assert_eq!(read("scim:p%40ss@db.example:1444/crm"), place("db.example", 1444, "p@ss"));
        assert_eq!(read("scim:a:b@c@db.example/crm"), place("db.example", 1433, "a:b@c"));
        assert_eq!(read("scim:@[::1]:1433/crm"), place("::1", 1433, ""));
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_is_repeated() {
        let told = |rest| read(rest).unwrap_err();
        assert_eq!(told("scim:secret@db.example"), "the SQL Server address names no database");
        assert_eq!(told("scim:secret@db.example/"), "the SQL Server address names no database");
        assert_eq!(told("db.example/crm"), "the SQL Server address names no user");
        assert_eq!(told(":secret@db.example/crm"), "the SQL Server address names no user");
        assert_eq!(told("scim@db.example/crm"), "the SQL Server address has no password");
        assert_eq!(told("scim:secret@db.example:x/crm"), "the SQL Server address cannot be read");
        assert_eq!(told("scim:secret@[::1/crm"), "the SQL Server address cannot be read");
        assert_eq!(told("scim:secret@/crm"), "the SQL Server address names no host");
        assert_eq!(
            told("scim:secret@db\\SQLEXPRESS/crm"),
            "the SQL Server address names an instance: write the port that it listens on"
        );
        assert_eq!(told("scim:secret@db/crm?encrypt=no"), "the SQL Server address takes no parameters");
        assert!(!format!("{:?}", read("scim:secret@db.example/crm")).contains("secret"));
    }
}
