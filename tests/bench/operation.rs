//! What is asked: the four operations an identity provider spends its day with, and the people
//! they are about.

use http::Method;
use serde_json::{Value, json};

use crate::Result;
use crate::process::Postern;

/// One of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Get,
    Filter,
    Patch,
    Post,
}

/// A person that is there from the beginning.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    /// The application's key.
    pub(crate) key: i64,
    pub(crate) login: String,
}

/// Some of the people, from all over the table.
#[derive(Debug)]
pub(crate) struct People(Vec<Person>);

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
    pub(crate) const ALL: [Self; 4] = [Self::Get, Self::Filter, Self::Patch, Self::Post];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Filter => "filter",
            Self::Patch => "patch",
            Self::Post => "post",
        }
    }

    /// As a person would say it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Get => "GET by id",
            Self::Filter => "GET by userName",
            Self::Patch => "PATCH",
            Self::Post => "POST",
        }
    }

    /// Turns of different cells never meet: their names are unique values.
    pub(crate) const fn first_turn(self, clients: usize) -> u64 {
        (clients as u64) * 1_000_000_000
    }

    /// The text that differs from turn to turn: a login, a title.
    pub(crate) fn word(self, person: &Person, turn: u64) -> String {
        match self {
            Self::Get => String::new(),
            Self::Filter => person.login.clone(),
            Self::Patch => format!("title {turn}"),
            Self::Post => format!("newcomer{turn}"),
        }
    }

    /// The request for a person and a word.
    pub(crate) fn asked(self, person: &Person, word: &str) -> Asked {
        let users = "/Users".to_owned();
        match self {
            Self::Get => Asked { method: Method::GET, path: format!("/Users/{}", person.id), body: None, status: 200 },
            Self::Filter => {
                let path = format!("/Users?filter=userName%20eq%20%22{word}%22");
                Asked { method: Method::GET, path, body: None, status: 200 }
            }
            Self::Patch => {
                let path = format!("/Users/{}", person.id);
                Asked { method: Method::PATCH, path, body: Some(patch(word)), status: 200 }
            }
            Self::Post => Asked { method: Method::POST, path: users, body: Some(newcomer(word)), status: 201 },
        }
    }
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
    const PAGE: u64 = 50;

    /// Asks the gateway for pages from all over the table. The logins tell the keys.
    pub(crate) async fn ask(postern: &Postern, count: u64) -> Result<Self> {
        let mut people = Vec::new();
        let step = (count / 20).max(Self::PAGE);
        for start in (1..=count).step_by(usize::try_from(step)?) {
            let path = format!("/Users?attributes=userName&startIndex={start}&count={}", Self::PAGE);
            let page = postern.get(&path).await?;
            for resource in page["Resources"].as_array().into_iter().flatten() {
                let (Some(id), Some(login)) = (resource["id"].as_str(), resource["userName"].as_str()) else {
                    return Err(format!("no person: {resource}").into());
                };
                let number = login.trim_start_matches("person").split('@').next().unwrap_or_default();
                people.push(Person { id: id.to_owned(), key: number.parse()?, login: login.to_owned() });
            }
        }
        if people.is_empty() { Err("the gateway shows nobody".into()) } else { Ok(Self(people)) }
    }

    /// Whose turn it is: everybody's, in no order that a database could like.
    pub(crate) fn of(&self, turn: u64) -> &Person {
        let count = self.0.len() as u64;
        &self.0[usize::try_from(turn.wrapping_mul(0x9E37_79B9_7F4A_7C15) % count).unwrap_or_default()]
    }

    /// The one that statements are explained with.
    pub(crate) fn example(&self) -> &Person {
        &self.0[self.0.len() / 2]
    }
}
