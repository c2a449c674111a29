//! What CPython answers, written by `fuzz.py`: patterns as code words, texts, and the bounds of the matches.

#[path = "../examples/probe/answer.rs"]
mod answer;

#[test]
fn the_answers_are_those_of_cpython() {
    let mut machine = freeze_regex::Machine::default();
    let mut count = 0;
    for line in include_str!("answers.txt").lines() {
        let Some((question, rest)) = line.split_once(" = ") else { continue };
        let (expected, pattern) = rest.split_once(" # ").unwrap_or((rest, ""));
        let got = answer::answer(question, &mut machine);
        assert_eq!(got.as_deref(), Some(expected), "{pattern}: {question}");
        count += 1;
    }
    assert!(count > 500, "{count} questions");
}
