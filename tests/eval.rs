//! `postern eval` as an administrator types it: the real binary, its output and its exit code.

use std::process::Command;

/// Arguments, exit code, standard output, and what standard error says.
const CASES: &[(&[&str], i32, &str, &str)] = &[
    (&["ToUpper([x])", r#"{"x": "ann"}"#], 0, "\"ANN\"\n", ""),
    (&["ToUpper([name.givenName])", r#"{"name": {"givenName": "ann"}}"#], 0, "\"ANN\"\n", ""),
    (&["[x]", "{}"], 0, "null\n", ""),
    (&["Split([x], \",\")", r#"{"x": "a, b"}"#], 0, "[\"a\",\"b\"]\n", ""),
    (&["--now", "2026-11-25T10:00:00Z", "Now()"], 0, "\"11/25/2026 10:00:00 AM\"\n", ""),
    (&["--default-domain", "example.com", "Append(\"a@\", DefaultDomain())"], 0, "\"a@example.com\"\n", ""),
    (&["IIF([x] = \"1\", \"a\", IgnoreAttributeFlow)", "{}"], 0, "{\"$flow\":\"ignore_attribute\"}\n", ""),
    (&["IIF([x] = \"1\", \"a\", IgnoreObjectFlow)", "{}"], 0, "{\"$flow\":\"ignore_object\"}\n", ""),
    (&["IgnoreFlowIfNullOrEmpty([x])", "{}"], 0, "{\"$flow\":\"ignore_attribute\"}\n", ""),
    (&["SelectUniqueValue(\"ann\", \"ann1\")"], 0, "\"ann\"\n", ""),
    (&["--taken", r#"["ANN"]"#, "SelectUniqueValue(\"ann\", \"ann1\")"], 0, "\"ann1\"\n", ""),
    (&["--taken", r#"["ann", "ann1"]"#, "SelectUniqueValue(\"ann\", \"ann1\")"], 3, "", "every candidate is taken"),
    (&["--invert", "Ada Lovelace", "Join(\" \", [g], [s])"], 0, "{\"g\":\"Ada\",\"s\":\"Lovelace\"}\n", ""),
    (&["--invert", "3", "Switch([active], , \"True\", \"1\", \"False\", \"3\")"], 0, "{\"active\":\"False\"}\n", ""),
    (&["--invert", "x", "ToLower([x])"], 3, "", "`ToLower` cannot be undone"),
    (&["Item([x], 3)", r#"{"x": ["a"]}"#], 3, "", "no such element"),
    (&["ToUppr([x])", "{}"], 2, "", "^^^^^^"),
    (&["ToUppr([x])", "{}"], 2, "", "did you mean `ToUpper`?"),
    (&["Trim([x])", r#"{"x": " a "}"#], 0, "\"a\"\n", "PST307"),
    (&["ToUpper([x])", "nonsense"], 1, "", "no JSON"),
    (&["--taken", "nonsense", "[x]"], 1, "", "no JSON"),
];

#[test]
fn eval_prints_one_line_of_json_and_exits_by_its_result() {
    for (arguments, code, printed, said) in CASES {
        let output = Command::new(env!("CARGO_BIN_EXE_postern")).arg("eval").args(*arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {error}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), *printed, "{arguments:?}");
        assert!(error.contains(said), "{arguments:?} says: {error}");
        assert!(!said.is_empty() || error.is_empty(), "{arguments:?} says: {error}");
    }
}
