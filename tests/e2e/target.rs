//! The applications that the journeys run over, and what differs between them, with the reason.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use super::legacy::{self, Legacy};
use super::process::{Folder, Postern, Process, free_address, fresh_word, wait_until_ready};
use super::view;

/// An application behind one of the shipped mappings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// `postern demo`'s own, in SQLite.
    Demo,
    /// Django 4.2 on PostgreSQL.
    Django,
    /// Redmine 5.0 by its PostgreSQL database.
    RedmineSql,
    /// The same Redmine by its REST API.
    RedmineRest,
    /// And by the same API in XML.
    RedmineXml,
    /// Zabbix 6.0 by its PostgreSQL database.
    Zabbix,
    /// The same Zabbix by its JSON-RPC API.
    ZabbixRpc,
    /// The demo's application in a Directus 11, by its REST API.
    Directus,
    /// The users and roles of that Directus itself.
    DirectusUsers,
    /// WordPress 6.1 by its REST API.
    WordpressRest,
    /// JupyterHub 6.1.
    JupyterHub,
    /// Pulp 3.123.
    Pulp,
    /// One of `tests/seeds/apps`.
    Legacy(&'static str),
}

/// Something that a target does in another way or not at all.
pub(super) struct Difference {
    pub(super) what: &'static str,
    pub(super) reason: &'static str,
}

/// Journeys ask for these by name; whatever is not listed for a target is expected of it.
const DIFFERENCES: &[(Target, Difference)] = &[
    (
        Target::Demo,
        Difference { what: "login", reason: "the demo's application is a file of tables; nobody can sign in" },
    ),
    (
        Target::Demo,
        Difference { what: "formatted-names", reason: "the application stores the formatted name beside its parts" },
    ),
    (
        Target::Directus,
        Difference { what: "login", reason: "people are records of a collection; nobody can sign in as one" },
    ),
    (
        Target::Directus,
        Difference { what: "formatted-names", reason: "the application stores the formatted name beside its parts" },
    ),
    (
        Target::JupyterHub,
        Difference { what: "keys-are-no-names", reason: "the hub has no other key, and the audit tells keys" },
    ),
    (
        Target::RedmineSql,
        Difference { what: "deletes-users", reason: "the mapping locks: Redmine keeps the authors of its issues" },
    ),
    (
        Target::Zabbix,
        Difference { what: "deletes-users", reason: "the mapping disables: Zabbix keeps the owners of its maps" },
    ),
    (
        Target::ZabbixRpc,
        Difference { what: "deletes-users", reason: "the mapping disables: Zabbix keeps the owners of its maps" },
    ),
    (
        Target::RedmineRest,
        Difference { what: "deletes-users", reason: "the mapping locks: Redmine keeps the authors of its issues" },
    ),
    (
        Target::RedmineXml,
        Difference { what: "deletes-users", reason: "the mapping locks: Redmine keeps the authors of its issues" },
    ),
];

const USERS: &str = include_str!("../journeys/users.toml");
const GROUPS: &str = include_str!("../journeys/groups.toml");

impl Target {
    /// The journeys over it: of its own where it knows too little of people for the common ones.
    pub(super) fn journeys(self) -> Vec<String> {
        match self {
            Self::JupyterHub => vec![include_str!("../journeys/jupyterhub.toml").to_owned()],
            Self::WordpressRest => vec![include_str!("../journeys/wordpress-rest.toml").to_owned()],
            Self::Legacy(name) => {
                vec![fs::read_to_string(format!("{}/tests/journeys/{name}.toml", env!("CARGO_MANIFEST_DIR"))).unwrap()]
            }
            // It refuses an address whose top-level domain is not in IANA's list, as `.example` is not.
            Self::DirectusUsers => [USERS, GROUPS].map(|text| text.replace(".example", ".example.com")).to_vec(),
            _ => [USERS, GROUPS].map(str::to_owned).to_vec(),
        }
    }

    /// The reason why a target cannot do what a journey asks for.
    pub(super) fn difference(self, what: &str) -> Option<&'static str> {
        let found = DIFFERENCES.iter().find(|(target, difference)| *target == self && difference.what == what);
        found.map(|(_, difference)| difference.reason)
    }

    /// A gateway in front of the application, which is running already.
    pub(super) async fn start(self) -> Postern {
        self.start_changed(&[]).await
    }

    /// The same with other words in the mapping, as an administrator would change it.
    pub(super) async fn start_changed(self, changes: &[(&str, &str)]) -> Postern {
        let folder = Folder::new(&format!("{self:?}"));
        let mapping = format!("{}/{}.toml", env!("CARGO_MANIFEST_DIR"), self.mapping());
        let mut mapping = fs::read_to_string(mapping).unwrap();
        if self == Self::Directus {
            mapping = mapping.replace("{prefix}", collections());
        }
        for (old, new) in changes {
            assert!(mapping.contains(old), "the mapping has no `{old}`");
            mapping = mapping.replace(old, new);
        }
        fs::write(folder.file("mapping.toml"), mapping).unwrap();
        let mut application = None;
        let environment = match self {
            Self::Legacy(name) => application.insert(Legacy::start(name, &folder)).environment(),
            Self::Demo => {
                make_demo(&folder.0).await;
                Vec::new()
            }
            Self::Django => vec![("DJANGO_DATABASE_URL", told("POSTERN_TEST_DJANGO_DSN"))],
            Self::RedmineSql => vec![("REDMINE_DATABASE_URL", told("POSTERN_TEST_REDMINE_DSN"))],
            Self::RedmineRest | Self::RedmineXml => {
                fs::write(folder.file("redmine-api-key"), told("POSTERN_TEST_REDMINE_API_KEY")).unwrap();
                vec![("REDMINE_URL", told("POSTERN_TEST_REDMINE_BASE_URL"))]
            }
            Self::Zabbix => vec![("ZABBIX_DATABASE_URL", told("POSTERN_TEST_ZABBIX_DSN"))],
            Self::ZabbixRpc => {
                fs::write(folder.file("zabbix-token"), told("POSTERN_TEST_ZABBIX_TOKEN")).unwrap();
                vec![("ZABBIX_URL", told("POSTERN_TEST_ZABBIX_BASE_URL"))]
            }
            // Its mapping reads the variables of `tests/apps/env` themselves.
            Self::Directus => Vec::new(),
            Self::DirectusUsers => {
                fs::write(folder.file("directus-token"), told("POSTERN_TEST_DIRECTUS_TOKEN")).unwrap();
                vec![("DIRECTUS_URL", told("POSTERN_TEST_DIRECTUS_BASE_URL"))]
            }
            Self::WordpressRest => {
                let password = told("POSTERN_TEST_WORDPRESS_APPLICATION_PASSWORD");
                fs::write(folder.file("wordpress-application-password"), password).unwrap();
                let user = told("POSTERN_TEST_WORDPRESS_USER");
                vec![("WORDPRESS_URL", told("POSTERN_TEST_WORDPRESS_BASE_URL")), ("WORDPRESS_USER", user)]
            }
            Self::JupyterHub => {
                fs::write(folder.file("jupyterhub-token"), told("POSTERN_TEST_JUPYTERHUB_TOKEN")).unwrap();
                vec![("JUPYTERHUB_URL", told("POSTERN_TEST_JUPYTERHUB_BASE_URL"))]
            }
            Self::Pulp => {
                fs::write(folder.file("pulp-password"), told("POSTERN_TEST_PULP_ADMIN_PASSWORD")).unwrap();
                let user = told("POSTERN_TEST_PULP_ADMIN_USER");
                vec![("PULP_URL", told("POSTERN_TEST_PULP_BASE_URL")), ("PULP_USER", user)]
            }
        };
        let mut postern = Postern::start(folder, environment).await;
        postern.application = application;
        postern
    }

    fn mapping(self) -> &'static str {
        match self {
            Self::Demo => "mappings/demo",
            Self::Django => "mappings/django",
            Self::RedmineSql => "mappings/redmine",
            Self::RedmineRest => "mappings/redmine-rest",
            Self::RedmineXml => "tests/e2e/redmine-xml",
            Self::Zabbix => "mappings/zabbix",
            Self::ZabbixRpc => "mappings/zabbix-rpc",
            Self::Directus => "tests/conformance/directus/mapping",
            Self::DirectusUsers => "mappings/directus",
            Self::WordpressRest => "mappings/wordpress-rest",
            Self::JupyterHub => "mappings/jupyterhub",
            Self::Pulp => "mappings/pulp",
            Self::Legacy("data-quality") => "mappings/seeds/data-quality",
            Self::Legacy("identity") => "mappings/seeds/identity",
            Self::Legacy("analytics") => "mappings/seeds/analytics",
            Self::Legacy(_) => "mappings/seeds/forms",
        }
    }

    /// Answers a question of a journey (`user NAME`, `group NAME`, `login NAME PASSWORD`) as the
    /// application itself sees it.
    pub(super) fn ask(self, postern: &Postern, question: &str) -> Value {
        let words: Vec<&str> = question.splitn(2, ' ').collect();
        let [kind, name] = words[..] else { panic!("`{question}` is no question") };
        match (self, kind) {
            (Self::Legacy(application), _) => legacy::ask(application, &postern.folder.0, kind, name),
            (Self::Demo, "user") => view::demo_user(&postern.folder.file("application.db"), name),
            (Self::Demo, "group") => view::demo_group(&postern.folder.file("application.db"), name),
            (Self::Django, "user") => view::django_user(&said("ask-django", &["user", name])),
            (Self::Django, "group") => view::django_group(&said("ask-django", &["group", name])),
            (Self::RedmineSql | Self::RedmineRest | Self::RedmineXml, "user") => {
                view::redmine_user(&said("ask-redmine", &["user", name]))
            }
            (Self::RedmineSql | Self::RedmineRest | Self::RedmineXml, "group") => {
                view::redmine_group(&said("ask-redmine", &["group", name]))
            }
            (Self::Zabbix | Self::ZabbixRpc, "user") => view::zabbix_user(&said("ask-zabbix", &["user", name])),
            (Self::Zabbix | Self::ZabbixRpc, "group") => view::zabbix_group(&said("ask-zabbix", &["group", name])),
            (Self::Directus, "user") => view::directus_user(&said("ask-directus", &["user", collections(), name])),
            (Self::Directus, "group") => view::directus_group(&said("ask-directus", &["group", collections(), name])),
            (Self::DirectusUsers, "user") => view::directus_account(&said("ask-directus", &["account", name])),
            (Self::DirectusUsers, "group") => view::directus_role(&said("ask-directus", &["role", name])),
            // What these say has no form in common with the others: their journeys ask for it as it is.
            (Self::WordpressRest, "user") => said("ask-wordpress", &["user", name]),
            (Self::JupyterHub, kind) if kind != "login" => said("ask-jupyterhub", &[kind, name]),
            (Self::Pulp, "user") => view::pulp_user(&said("ask-pulp", &["user", name])),
            (Self::Pulp, "group") => view::pulp_group(&said("ask-pulp", &["group", name])),
            (_, "login") => {
                let (name, password) = name.split_once(' ').unwrap();
                let (status, _) = run(self.ask_script(), &["login", name, password]);
                assert!(status < 2, "`{question}` was not answered");
                Value::Bool(status == 0)
            }
            _ => panic!("`{question}` is no question"),
        }
    }

    /// What the application publishes of its API.
    pub(super) fn document(self) -> Value {
        said(self.ask_script(), &["document"])
    }

    /// Does something in the application, past the gateway: `set-password NAME PASSWORD`.
    pub(super) fn act(self, what: &str) {
        let words: Vec<&str> = what.split(' ').collect();
        let (status, _) = run(self.ask_script(), &words);
        assert_eq!(status, 0, "{what}");
    }

    /// The same in an application that is the test's own, which is asked in SQL.
    pub(super) fn act_in(self, postern: &Postern, what: &str) {
        match self {
            Self::Legacy(_) => legacy::act(&postern.folder.0, what),
            _ => self.act(what),
        }
    }

    fn ask_script(self) -> &'static str {
        match self {
            Self::Django => "ask-django",
            Self::RedmineSql | Self::RedmineRest | Self::RedmineXml => "ask-redmine",
            Self::Zabbix | Self::ZabbixRpc => "ask-zabbix",
            Self::DirectusUsers => "ask-directus",
            Self::WordpressRest => "ask-wordpress",
            Self::JupyterHub => "ask-jupyterhub",
            Self::Pulp => "ask-pulp",
            Self::Demo | Self::Directus | Self::Legacy(_) => panic!("{self:?} has nobody who signs in"),
        }
    }

    /// Takes a part of the application away, or brings it back.
    pub(super) fn set_running(self, part: Part, running: bool) {
        let script = match self {
            Self::Django => "start-django",
            Self::RedmineSql | Self::RedmineRest | Self::RedmineXml => "start-redmine",
            Self::Zabbix | Self::ZabbixRpc => "start-zabbix",
            Self::Directus | Self::DirectusUsers => "start-directus",
            Self::WordpressRest => "start-wordpress",
            Self::JupyterHub => "start-jupyterhub",
            Self::Pulp => "start-pulp",
            Self::Demo | Self::Legacy(_) => panic!("the application is the test's own"),
        };
        let verb = match (part, running) {
            (Part::Database, false) => "stop-database",
            (Part::Database, true) => "start-database",
            (Part::Everything, false) => "stop",
            (Part::Everything, true) => "start",
        };
        let (status, _) = run(script, &[verb]);
        assert_eq!(status, 0, "{script} {verb}");
    }
}

/// What of an application can be away.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Database,
    Everything,
}

/// Lets `postern demo` make its application, and takes only that.
async fn make_demo(folder: &Path) {
    let (listen, admin) = (free_address(), free_address());
    let made = Folder::new("demo-application");
    let state = made.0.display().to_string();
    let arguments = ["demo", "--listen", &listen.to_string(), "--admin", &admin.to_string(), "--state", &state];
    let mut demo = Process::start(&made.0, &arguments, &[]);
    wait_until_ready(admin, &mut demo, &made.0).await;
    demo.stop();
    fs::copy(made.file("application.db"), folder.join("application.db")).unwrap();
}

/// What stands before the names of Directus' collections, which are made when they are first asked for.
fn collections() -> &'static str {
    static PREFIX: OnceLock<String> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let prefix = format!("e2e_{}_", fresh_word());
        let (status, output) = run("../conformance/directus/make-collections", &[&prefix]);
        assert_eq!(status, 0, "make-collections: {output}");
        prefix
    })
}

/// A variable of `tests/apps/env`.
pub(super) fn told(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: eval \"$(tests/apps/env)\""))
}

/// What one of the scripts says of its application.
pub(super) fn said(script: &str, arguments: &[&str]) -> Value {
    let (status, output) = run(script, arguments);
    assert_eq!(status, 0, "{script} {arguments:?}: {output}");
    serde_json::from_str(&output).unwrap()
}

fn run(script: &str, arguments: &[&str]) -> (i32, String) {
    let path = format!("{}/tests/apps/{script}", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(path).args(arguments).output().unwrap();
    if output.status.code() == Some(2) {
        eprintln!("{script}: {}", String::from_utf8_lossy(&output.stderr));
    }
    (output.status.code().unwrap_or(2), String::from_utf8(output.stdout).unwrap())
}
