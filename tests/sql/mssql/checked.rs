//! `check --live` on SQL Server: what is said of tables as its catalogue would tell them, and of statements that it
//! would not take. That a SQL Server answers these questions so is not proved.

use super::*;
use crate::cli::support::{Done, Folder};

/// schema, table, column, declared type, `!` where null is refused, `=` where it gets a value by itself, rights
const TABLES: &str = "
dbo users id int != rawd
dbo users login nvarchar(40) ! rawd
dbo users mail varchar(100) - rawd
dbo users joined datetime2 ! rawd
dbo users since datetime2 != rawd
dbo users code uniqueidentifier - rawd
dbo teams id int != r
dbo teams name nvarchar(80) ! r
dbo teams note nvarchar(max) ! r
dbo team_users team int ! rawd
dbo team_users member int ! rawd
hr people id int != rawd
dbo logs owner int - rawd
";

/// table, index, `u` unique, `p` primary, `f` of some rows only, columns
const INDEXES: &str = "
users PK_users up id
users UX_login u login
users IX_some f mail
teams PK_teams up id
teams UX_teams u name
team_users PK_team_users up team member
";

/// What the columns are, as a statement is described.
const TYPES: &str = "
users id int
users login nvarchar(40) Latin1_General_100_CS_AS 1252
users mail varchar(100) Latin1_General_CI_AS 1252
users joined datetime2(7)
users code uniqueidentifier
teams id int
teams name nvarchar(80) Latin1_General_CI_AS 1252
team_users team int
team_users member int
";

const MAPPING: &str = r#"[application]
name = "Staff"

[downstream]
kind = "sql"
url = { env = "DATABASE_URL" }

[User]
table = "users"
key = "id"
[User.attributes]
userName = { field = "login", match = 1, max_length = 40 }
'emails[type eq "work"].value' = { field = "mail", match = 2, max_length = 100 }
nickName = "code"
[User.fields]
joined = { value = "Now()", apply = "create" }
[Group]
table = "teams"
key = "id"
[Group.attributes]
displayName = { field = "name", match = 1, max_length = 80 }
[Group.members]
table = "team_users"
group = "team"
member = "member"
"#;

fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|line| !line.is_empty()).map(|line| line.split(' ').collect())
}

fn flag(is: bool) -> Cell {
    Cell::Int(4, Some(i64::from(is)))
}

fn columns() -> Vec<Vec<Cell>> {
    let row = |line: Vec<&str>| {
        let [schema, table, column, declared, marks, rights] = line[..] else { panic!("{line:?}") };
        let (refuses, filled) = (flag(marks.contains('!')), flag(marks.contains('=')));
        let visible = flag(schema == "dbo");
        vec![
            schema.into(),
            table.into(),
            flag(false),
            visible,
            column.into(),
            declared.into(),
            refuses,
            filled,
            rights.into(),
        ]
    };
    lines(TABLES).map(row).collect()
}

fn indexes() -> Vec<Vec<Cell>> {
    let rows = lines(INDEXES).flat_map(|line| {
        let (table, index, marks) = (line[0], line[1], line[2]);
        let own = move |(at, column): (usize, &str)| {
            let [unique, primary, some] = ['u', 'p', 'f'].map(|mark| flag(marks.contains(mark)));
            let at = Cell::Int(4, Some(at as i64 + 1));
            vec!["dbo".into(), table.into(), index.into(), unique, primary, some, at, column.into()]
        };
        line[3..].iter().copied().enumerate().map(own).collect::<Vec<_>>()
    });
    rows.collect()
}

/// What the check says of the mapping; a statement with the word of `refused` in it is not described, with this number
/// and these words.
async fn checked(mapping: &str, refused: (&'static str, i64, &'static str)) -> Done {
    let types = Columns::read(TYPES);
    let peer = Peer::start(Door::Open, move |asked| {
        if asked.text.contains("HAS_PERMS_BY_NAME") {
            return Reply::Rows(columns());
        }
        if asked.text.contains("sys.index_columns") {
            return Reply::Rows(indexes());
        }
        if asked.text.contains("sys.foreign_key_columns") {
            let reference = ["dbo", "logs", "owner", "dbo", "users", "id"].map(Cell::from);
            return Reply::Rows(vec![reference.into_iter().chain([flag(false)]).collect()]);
        }
        let Some(statement) = asked.parameters.first() else { return Reply::Done };
        let (word, number, message) = refused;
        if statement.contains(word) {
            return Reply::Rows(vec![described(None, None, None, Some(number), Some(message))]);
        }
        if statement.ends_with(" WHERE 1 = 0") {
            return types.described(asked).unwrap();
        }
        Reply::Rows(Vec::new())
    })
    .await;
    let folder = Folder::ready();
    folder.put("app.toml", mapping);
    let done = folder.postern_with(&["check", "--live"], &[("DATABASE_URL".to_owned(), peer.url())], "");
    let wrote = |asked: &Asked| ["INSERT", "UPDATE", "DELETE", "BEGIN"].iter().any(|word| asked.text.starts_with(word));
    assert!(!peer.asked().iter().any(wrote), "nothing is written: {:?}", peer.asked());
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_said() {
    let done = checked(MAPPING, ("no statement", 0, "")).await;
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    for part in [
        "lookups by `userName` read all of `users`: `login` minds case, and they do not",
        "let the column ignore case",
        "no index serves lookups in `users` by `mail`",
        "`CREATE INDEX [users_mail_lookup] ON [users] ([mail])`",
        "`nickName` is text, but `users.code` is `uniqueidentifier`",
        "the user of the database may not INSERT, UPDATE, DELETE `teams` (`name`)",
        "let it: `GRANT INSERT, UPDATE, DELETE ON [teams] TO …`",
        "a new row of `teams` needs a value in `note`",
        "a row of `users` cannot be deleted while rows of `logs` point at it",
        "no index serves lookups in `team_users` by `member`",
    ] {
        assert!(done.stdout.contains(part), "{part}\n{}", done.stdout);
    }
    for part in ["does not prepare", "`joined`", "`since`", "no unique index", "has no"] {
        assert!(!done.stdout.contains(part), "{part}\n{}", done.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_not_there_are_said_with_what_is_meant() {
    let mapping = MAPPING.replace("field = \"mail\"", "field = \"mial\"").replace("\"teams\"", "\"people\"");
    let done = checked(&mapping, ("no statement", 0, "")).await;
    assert_eq!(done.code, 2, "{}{}", done.stdout, done.stderr);
    for part in [
        "table `users` has no column `mial`",
        "did you mean `mail`?",
        "the database has no table `people`",
        "it is in a schema: write `hr.people`",
    ] {
        assert!(done.stdout.contains(part), "{part}\n{}", done.stdout);
    }
}

/// A statement that does not compile is refused, and one whose answer only cannot be foretold is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_does_not_compile_is_said() {
    for (number, message, is_said) in [
        (207, "Invalid column name 'name'.", true),
        (229, "The SELECT permission was denied on the object 'teams'.", true),
        (11501, "error 11501", true),
        (11526, "The metadata could not be determined because the statement uses a temp table.", false),
    ] {
        let done = checked(MAPPING, ("INSERT INTO [teams]", number, message)).await;
        let said = "the database does not prepare the statement that makes a record";
        assert_eq!(done.stdout.contains(said), is_said, "{number}\n{}{}", done.stdout, done.stderr);
        assert!(!is_said || done.stdout.contains(message), "{}", done.stdout);
    }
}
