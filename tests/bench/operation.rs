//! What is asked: the operations an identity provider spends its day with, and the people, teams and
//! pages that they are about.

use http::Method;
use serde_json::{Value, json};

use crate::Result;
use crate::application::TEAMS;
use crate::process::Postern;

/// One of the six.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Get,
    Filter,
    Post,
    Patch,
    Member,
    Page,
}

/// A person or a team that is there from the beginning; for a page the cursor, and the key before it.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    /// The application's key.
    pub(crate) key: i64,
    /// The login or the name.
    pub(crate) login: String,
}

/// Some of the people, from all over the table, all teams that have room, and some pages.
#[derive(Debug)]
pub(crate) struct People {
    persons: Vec<Person>,
    teams: Vec<Person>,
    pages: Vec<Person>,
}

/// What one turn is about.
#[derive(Debug, Clone)]
pub(crate) struct Subject<'a> {
    /// Whom it is about, or the page.
    pub(crate) person: &'a Person,
    /// The team that somebody joins.
    pub(crate) team: &'a Person,
    /// The text that differs from turn to turn: a login, a title.
    pub(crate) word: String,
}

/// An HTTP request without what every request has.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    /// Below the tenant's base path.
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    pub(crate) status: u16,
}

impl Operation {
    /// Members are added last: pages show the teams of everybody.
    pub(crate) const ALL: [Self; 6] = [Self::Get, Self::Filter, Self::Post, Self::Patch, Self::Page, Self::Member];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Filter => "filter",
            Self::Patch => "patch",
            Self::Post => "post",
            Self::Member => "member",
            Self::Page => "page",
        }
    }

    /// As a person would say it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Get => "GET by id",
            Self::Filter => "GET by userName",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Member => "member add",
            Self::Page => "page of 100",
        }
    }

    /// Turns of different cells never meet: their names are unique values.
    pub(crate) const fn first_turn(self, clients: usize) -> u64 {
        (clients as u64) * 1_000_000_000
    }

    fn word(self, person: &Person, turn: u64) -> String {
        match self {
            Self::Get | Self::Member | Self::Page => String::new(),
            Self::Filter => person.login.clone(),
            Self::Patch => format!("title {turn}"),
            Self::Post => format!("newcomer{turn}"),
        }
    }

    /// The request about something.
    pub(crate) fn asked(self, Subject { person, team, word }: &Subject<'_>) -> Asked {
        let asked = |method, path: String, body, status| Asked { method, path, body, status };
        match self {
            Self::Get => asked(Method::GET, format!("/Users/{}", person.id), None, 200),
            Self::Filter => asked(Method::GET, format!("/Users?filter=userName%20eq%20%22{word}%22"), None, 200),
            Self::Patch => asked(Method::PATCH, format!("/Users/{}", person.id), Some(patch(word)), 200),
            Self::Post => asked(Method::POST, "/Users".to_owned(), Some(newcomer(word)), 201),
            Self::Member => asked(Method::PATCH, format!("/Groups/{}", team.id), Some(join(&person.id)), 204),
            Self::Page => asked(Method::GET, format!("/Users?count={PAGE}&cursor={}", person.id), None, 200),
        }
    }
}

/// How many resources a page has.
const PAGE: u64 = 100;

fn join(id: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "add", "path": "members", "value": [{ "value": id }] }],
    })
}

fn patch(title: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "path": "title", "value": title }],
    })
}

fn newcomer(name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
                    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "externalId": name,
        "userName": format!("{name}@example.com"),
        "active": true,
        "displayName": "New Comer",
        "title": "Clerk",
        "name": { "givenName": "New", "familyName": "Comer" },
        "emails": [{ "value": format!("{name}@example.com"), "type": "work", "primary": true }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Design" },
    })
}

impl People {
    /// How many are asked for at one place of the table.
    const SOME: u64 = 50;

    /// Asks the gateway for people from all over the table, for the teams that come after so many
    /// departments, and for pages one after the other. The logins and names tell the keys.
    pub(crate) async fn ask(postern: &Postern, count: u64, departments: u64) -> Result<Self> {
        let mut persons = Vec::new();
        let step = (count / 20).max(Self::SOME);
        for start in (1..=count).step_by(usize::try_from(step)?) {
            let path = format!("/Users?attributes=userName&startIndex={start}&count={}", Self::SOME);
            persons.extend(found(&postern.get(&path).await?, "userName", "person", 0)?);
        }
        let mut teams = Vec::new();
        while teams.len() < usize::try_from(TEAMS)? {
            let path = format!(
                "/Groups?attributes=displayName&filter=displayName%20sw%20%22Crew%22&startIndex={}&count=200",
                teams.len() + 1
            );
            let more = found(&postern.get(&path).await?, "displayName", "Crew ", departments)?;
            if more.is_empty() {
                return Err(format!("the gateway shows {} teams", teams.len()).into());
            }
            teams.extend(more);
        }
        let pages = pages(postern, count).await?;
        if persons.is_empty() { Err("the gateway shows nobody".into()) } else { Ok(Self { persons, teams, pages }) }
    }

    /// Whose turn it is: everybody's, in no order that a database could like, each with another team.
    pub(crate) fn of(&self, operation: Operation, turn: u64) -> Subject<'_> {
        let mixed = turn.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let of = |all: &'_ [Person], number: u64| usize::try_from(number % all.len() as u64).unwrap_or_default();
        let team = &self.teams[of(&self.teams, turn.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 32)];
        let persons = if operation == Operation::Page { &self.pages } else { &self.persons };
        let person = &persons[of(persons, mixed)];
        Subject { person, team, word: operation.word(person, turn) }
    }

    /// The one that statements are explained with; its keys differ.
    pub(crate) fn example(&self, operation: Operation, word: &str) -> Subject<'_> {
        let persons = if operation == Operation::Page { &self.pages } else { &self.persons };
        let person = &persons[persons.len() / 2];
        let word = if operation == Operation::Filter { person.login.as_str() } else { word };
        let other = |team: &&Person| team.key != person.key;
        let team = self.teams.iter().find(other).unwrap_or(person);
        Subject { person, team, word: word.to_owned() }
    }
}

/// The resources of a page, whose names are a word and a number.
fn found(page: &Value, name: &str, word: &str, before: u64) -> Result<Vec<Person>> {
    let mut found = Vec::new();
    for resource in page["Resources"].as_array().into_iter().flatten() {
        let (Some(id), Some(login)) = (resource["id"].as_str(), resource[name].as_str()) else {
            return Err(format!("no {name}: {resource}").into());
        };
        let number = login.trim_start_matches(word).split('@').next().unwrap_or_default();
        let key = number.parse::<i64>()? + i64::try_from(before)?;
        found.push(Person { id: id.to_owned(), key, login: login.to_owned() });
    }
    Ok(found)
}

/// The cursors of full pages that have another one before them.
async fn pages(postern: &Postern, count: u64) -> Result<Vec<Person>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    for number in 1..(count / PAGE).min(40) {
        let page = postern.get(&format!("/Users?attributes=userName&count={PAGE}&cursor={cursor}")).await?;
        cursor = page["nextCursor"].as_str().ok_or("a page has no cursor")?.to_owned();
        pages.push(Person { id: cursor.clone(), key: i64::try_from(number * PAGE)?, login: String::new() });
    }
    Ok(pages)
}
