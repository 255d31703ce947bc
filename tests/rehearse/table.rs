//! Mapping tables and directories as files: what is read, and what is told of what is wrong.

use postern::diagnostic::{Problems, SourceFile, render_all};
use postern::rehearse::entra::{Directory, Flavour, MappingTable, Scope};

fn problems_of(text: &str) -> String {
    let mut problems = Problems::new();
    let table = MappingTable::parse(&SourceFile::new("app.entra.toml", text), &mut problems);
    assert!(table.is_none(), "usable: {text}");
    render_all(&problems.into_sorted(), false)
}

#[test]
fn the_standard_table_is_entras_own() {
    let table = MappingTable::standard();
    assert_eq!((table.flavour, table.scope), (Flavour::Classic, Scope::Assigned));
    assert_eq!((table.users.len(), table.groups.len()), (22, 3));
    assert!(table.disables());
}

#[test]
fn what_entra_exported_is_a_table() {
    let file = SourceFile::new("entra.json", include_str!("../import/entra.json"));
    let mut problems = Problems::new();
    let table = MappingTable::parse(&file, &mut problems);
    let told = render_all(&problems.into_sorted(), false);
    let table = table.unwrap_or_else(|| panic!("{told}"));
    assert!(table.users.iter().any(|row| row.target.as_str() == "userName"), "{table:?}");
    assert!(table.groups.iter().any(|row| row.is_reference()), "{table:?}");
}

#[test]
fn typographic_quotes_work_as_in_the_portal_and_are_told() {
    let text = "[[user]]\ntarget = \"userName\"\nsource = \"mail\"\nmatch = 1\n[[user]]\ntarget = \"title\"\nexpr = 'Split([jobTitle], “,”)'\n";
    let mut problems = Problems::new();
    assert!(MappingTable::parse(&SourceFile::new("app.entra.toml", text), &mut problems).is_some());
    assert!(render_all(&problems.into_sorted(), false).contains("typographic quotes"));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let told = problems_of(
        "flavour = \"clasic\"\n[[user]]\ntarget = \"userName\"\nexpr = 'Joyn(\" \", [mail])'\n[[user]]\ntarget = \"name.\"\nsource = \"surname\"\nwhen = 1\n",
    );
    for part in ["did you mean `classic`?", "app.entra.toml:4:9", "`name.` is no target attribute", "no key `when`"] {
        assert!(told.contains(part), "no `{part}` in\n{told}");
    }
    let told = problems_of("[[user]]\ntarget = \"userName\"\nsource = \"mail\"\n");
    assert!(told.contains("no row of `[[user]]` has `match`"), "{told}");
}

#[test]
fn a_function_that_only_postern_has_is_refused_as_the_portal_would() {
    let told = problems_of("[[user]]\ntarget = \"userName\"\nexpr = 'HashSha256([mail])'\nmatch = 1\n");
    assert!(told.contains("Entra would refuse the row"), "{told}");
}

#[test]
fn a_directory_tells_who_is_assigned_twice_or_unknown() {
    let text = "assignments = [\"kim\", \"nobody\"]\n[[person]]\nobjectId = \"kim\"\n[[person]]\nobjectId = \"kim\"\n";
    let mut problems = Problems::new();
    assert!(Directory::parse(&SourceFile::new("people.toml", text), &mut problems).is_none());
    let told = render_all(&problems.into_sorted(), false);
    assert!(told.contains("two objects have the objectId `kim`") && told.contains("`nobody`"), "{told}");
}

/// What `postern rehearse --help` shows can be taken as it is.
#[test]
fn the_examples_of_the_help_are_read_as_they_are() {
    let mut problems = Problems::new();
    let table = include_str!("../../src/cli/rehearse/example.entra.toml");
    let people = include_str!("../../src/cli/rehearse/example.people.toml");
    let read = MappingTable::parse(&SourceFile::new("example.entra.toml", table), &mut problems);
    let directory = Directory::parse(&SourceFile::new("example.people.toml", people), &mut problems);
    assert_eq!(render_all(&problems.into_sorted(), false), "");
    assert_eq!((read.unwrap().users.len(), directory.unwrap().people.len()), (5, 2));
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_postern")).args(["rehearse", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains(table.lines().next().unwrap()) && help.contains("IT WRITES INTO THE APPLICATION"), "{help}");
}
