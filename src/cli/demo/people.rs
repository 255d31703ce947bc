//! Made-up people: every given name with a handful of family names, nobody in particular.

const GIVEN: [&str; 24] = [
    "Amara", "Bao", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kamala", "Leif", "Mina",
    "Nuno", "Olga", "Priya", "Quentin", "Rosa", "Sami", "Tova", "Ugo", "Vera", "Wanja", "Yusuf",
];
const FAMILY: [&str; 25] = [
    "Abel",
    "Brandt",
    "Castro",
    "Dahl",
    "Eriksen",
    "Ferrari",
    "Gupta",
    "Haddad",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Park",
    "Quist",
    "Rossi",
    "Sato",
    "Torres",
    "Ueda",
    "Vargas",
    "Weber",
    "Yilmaz",
    "Zeller",
];
const TITLES: [&str; 6] = ["Engineer", "Analyst", "Clerk", "Planner", "Buyer", "Technician"];

/// One team each.
pub(super) const DEPARTMENTS: [&str; 12] = [
    "Accounts",
    "Customer Service",
    "Design",
    "Facilities",
    "Human Resources",
    "Legal",
    "Logistics",
    "Production",
    "Purchasing",
    "Quality",
    "Research and Development",
    "Sales (EMEA)",
];
/// A department belongs to one of these.
pub(super) const DIVISIONS: [&str; 3] = ["Commercial", "Operations", "Technology"];

/// The login of the first person, for the example that the demo prints.
pub(super) const FIRST_LOGIN: &str = "amara.abel@example.com";

/// One person.
pub(super) struct Person {
    /// From 0, in the order of the table.
    pub(super) number: usize,
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    pub(super) title: &'static str,
    /// Index into `DEPARTMENTS`.
    pub(super) department: usize,
}

impl Person {
    /// Login and work address.
    pub(super) fn login(&self) -> String {
        format!("{}.{}@example.com", self.given.to_lowercase(), self.family.to_lowercase())
    }

    /// The first twelve lead a department each and have nobody above them.
    pub(super) fn manager(&self) -> Option<i64> {
        let row = i64::try_from(self.department).ok()? + 1;
        (self.number >= DEPARTMENTS.len()).then_some(row)
    }
}

/// 240 people.
pub(super) fn all() -> impl Iterator<Item = Person> {
    (0..240).map(|number| {
        // 24 and 25 have no common divisor, so that no pair of names comes twice in 600.
        let department = number % DEPARTMENTS.len();
        Person {
            number,
            given: GIVEN[number % GIVEN.len()],
            family: FAMILY[number % FAMILY.len()],
            title: if number < DEPARTMENTS.len() { "Head of Department" } else { TITLES[number % TITLES.len()] },
            department,
        }
    })
}
