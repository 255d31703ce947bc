//! The live check of REST applications: what is answered by a server that only listens and counts.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::cli::support::{Done, Folder};

/// Answers by method and path without the query; everything else is 404.
struct Application {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Application {
    fn start(answers: &[(&str, u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answers: Vec<_> = answers.iter().map(|(p, s, b)| ((*p).to_owned(), *s, (*b).to_owned())).collect();
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (answers, log) = (answers.clone(), Arc::clone(&log));
                std::thread::spawn(move || serve(stream.unwrap(), &answers, &log));
            }
        });
        Self { address, asked }
    }
}

fn serve(stream: TcpStream, answers: &[(String, u16, String)], log: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).unwrap_or(0) == 0 {
            return;
        }
        let (mut key, mut length) = (false, 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let line = line.trim().to_ascii_lowercase();
            key |= line == "x-key: let-me-in";
            length = line.strip_prefix("content-length: ").map_or(length, |text| text.parse().unwrap());
            if line.is_empty() {
                break;
            }
        }
        reader.read_exact(&mut vec![0; length]).unwrap();
        let mut words = first.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let asked = format!("{method} {}", target.split('?').next().unwrap());
        log.lock().unwrap().push(asked.clone());
        let found =
            answers.iter().find(|(have, _, _)| *have == asked).map(|(_, status, body)| (*status, body.as_str()));
        let (status, body) = if key { found.unwrap_or((404, "{}")) } else { (401, "{}") };
        let head =
            format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + body).as_bytes()).unwrap();
    }
}

const MAPPING: &str = r#"[application]
name = "Staff"

[downstream]
kind = "rest"
base_url = "http://ADDRESS"

[downstream.credentials]
kind = "header"
name = "X-Key"
value = { env = "KEY" }

[User]
key = "$.id"

[User.calls]
list = { get = "/users", items = "$.users[*]", page = { offset = "o", limit = "l", max = 50, total = "$.total" } }
read = { get = "/users/{key}", item = "$.user" }
create = { post = "/users", json = "{record}" }
update = { put = "/users/{key}", json = "{changes}" }
delete = { delete = "/users/{key}" }
find.userName = { get = "/users", query = { q = "{value}" }, items = "$.users[*]" }

[User.attributes]
userName = { field = "$.login", match = 1 }
"#;

fn check(application: &Application, key: &str) -> Done {
    let folder = Folder::ready();
    folder.put("app.toml", &MAPPING.replace("ADDRESS", &application.address.to_string()));
    folder.postern_with(&["check", "--live"], &[("KEY".to_owned(), key.to_owned())], "")
}

#[test]
fn what_answers_as_the_mapping_says_is_read_and_never_written() {
    let application = Application::start(&[
        ("GET /users", 200, r#"{"users": [{"id": 7, "login": "ada"}], "total": 1}"#),
        ("GET /users/7", 200, r#"{"user": {"id": 7, "login": "ada"}}"#),
    ]);
    let done = check(&application, "let-me-in");
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert!(!done.stdout.contains("PST7"), "{}", done.stdout);
    assert_eq!(*application.asked.lock().unwrap(), ["GET /users", "GET /users/7"]);
}

#[test]
fn what_answers_otherwise_is_said_at_its_place() {
    type Case<'a> = (&'a [(&'a str, u16, &'a str)], &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        (&[], &["error[PST702]: `list` of User does not answer as it should", "app.toml:17:"]),
        (&[("GET /users", 200, r#"{"people": [], "total": 0}"#)], &["error[PST703]", "app.toml:17:34"]),
        (
            &[("GET /users", 200, r#"{"users": [{"ident": 7, "login": "ada"}], "count": 1}"#)],
            &["the answer says no total", "`$.id` is not in the records of the list", "the record holds: ident, login"],
        ),
        (&[("GET /users", 200, r#"{"users": [], "total": 0}"#)], &["note[PST703]: the application lists no User"]),
        (
            &[
                ("GET /users", 200, r#"{"users": [{"id": 7, "login": "ada"}], "total": 1}"#),
                ("GET /users/7", 200, r#"{"id": 7, "login": "ada"}"#),
            ],
            &["error[PST703]", "app.toml:18:39", "`item` is where the record is in the answer"],
        ),
        (
            &[
                ("GET /users", 200, r#"{"users": [{"id": 7, "login": "ada"}], "total": 1}"#),
                ("GET /users/7", 200, r#"{"user": {"id": 7, "name": "secret-name"}}"#),
            ],
            &["does not speak of every field that a rule reads", "the record holds: id, name"],
        ),
    ];
    for (answers, parts) in cases {
        let done = check(&Application::start(answers), "let-me-in");
        for part in *parts {
            assert!(done.stdout.contains(part), "{part}\n{}{}", done.stdout, done.stderr);
        }
        assert!(!done.stdout.contains("secret-name"), "{}", done.stdout);
        assert_eq!(done.code, if done.stdout.contains("error[") { 2 } else { 0 }, "{}", done.stdout);
    }
}

#[test]
fn a_wrong_credential_and_a_closed_port_end_with_69() {
    let application = Application::start(&[]);
    let done = check(&application, "wrong");
    assert_eq!(done.code, 69, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("error[PST701]: the application does not accept the credentials"), "{}", done.stdout);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let done = check(&Application { address: closed, asked: Arc::default() }, "let-me-in");
    assert_eq!(done.code, 69, "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("error[PST701]: the application cannot be reached"), "{}", done.stdout);
}
