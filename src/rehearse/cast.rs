//! Made-up people for a rehearsal: nobody in particular, and known by their mark.

use uuid::Uuid;

use super::entra::{Directory, Group, Person};

/// What every name of a rehearsal begins with.
pub const MARK: &str = "rehearsal-";

/// A mark that no other rehearsal has.
#[must_use]
pub fn fresh_mark() -> String {
    let word = Uuid::new_v4().simple().to_string();
    format!("{MARK}{}", &word[..8])
}

/// Three people and a group, as a directory has them.
#[must_use]
pub fn directory(mark: &str) -> Directory {
    let people = [("kim", "Kim", "Ito", "Engineer"), ("lee", "Lee", "Ash", "Planner"), ("ana", "Ana", "Roy", "Clerk")];
    let people: Vec<Person> = people
        .into_iter()
        .enumerate()
        .map(|(at, (word, given, family, title))| {
            let login = format!("{mark}-{word}@example.com");
            let id = Uuid::new_v4().to_string();
            Person::new(&id)
                .with("userPrincipalName", login.as_str())
                .with("mail", login.as_str())
                .with("mailNickname", format!("{mark}-{word}"))
                .with("displayName", format!("{given} {family} ({mark})"))
                .with("givenName", given)
                .with("surname", family)
                .with("jobTitle", title)
                .with("department", "Rehearsals")
                .with("companyName", "Example Works")
                .with("employeeId", format!("{mark}-{at}"))
                .with("preferredLanguage", "en-GB")
                .with("usageLocation", "GB")
                .with("telephoneNumber", format!("+44 20 7946 01{at:02}"))
                .with("mobile", format!("+44 7700 9001{at:02}"))
                .with("facsimileTelephoneNumber", format!("+44 20 7946 02{at:02}"))
                .with("physicalDeliveryOfficeName", "London")
                .with("streetAddress", "1 Example Street")
                .with("city", "London")
                .with("state", "Greater London")
                .with("postalCode", "EC1A 1AA")
                .with("country", "GB")
                .with("accountEnabled", true)
        })
        .collect();
    let ids: Vec<String> = people.iter().map(|person| person.object_id.clone()).collect();
    let group = Uuid::new_v4().to_string();
    let groups = vec![Group::new(&group, &format!("{mark}-team"), &[&ids[0], &ids[1]])];
    let mut directory = Directory { people, groups, assignments: ids.clone() };
    directory.assignments.push(group);
    if let Some(kim) = directory.person_mut(&ids[0]) {
        kim.attributes.set("manager", ids[1].as_str());
    }
    directory
}
