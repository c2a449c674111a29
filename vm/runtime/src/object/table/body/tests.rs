//! The table against a plain list of pairs, under random work.

use super::*;
use crate::vm::lock;

/// Numbers that look random, the same ones every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

fn find(body: &Body<Value>, key: i64) -> Option<usize> {
    body.find(key, |e| e.key.as_small() == Some(key))
}

fn pairs(body: &Body<Value>) -> Vec<(i64, i64)> {
    let live = body.entries()[body.first()..].iter().filter(|e| !e.key.is_unbound());
    live.map(|e| (e.key.as_small().unwrap_or(-1), e.value.as_small().unwrap_or(-1))).collect()
}

fn insert(body: &mut Body<Value>, key: i64, value: i64) {
    body.make_room().expect("memory for a test");
    body.push(key, Value::small(key), Value::small(value));
}

/// Does `steps` random things to a table whose keys are below `keys`.
fn work(dice: &mut Dice, keys: usize, steps: usize, removals: usize) {
    let mut body = Body::empty();
    let mut model: Vec<(i64, i64)> = Vec::new();
    for step in 0..steps {
        let key = dice.below(keys) as i64;
        match find(&body, key) {
            None => {
                assert!(model.iter().all(|p| p.0 != key));
                insert(&mut body, key, step as i64);
                model.push((key, step as i64));
            }
            Some(i) if dice.below(10) < removals => {
                let (k, v) = body.remove(i);
                let at = model.iter().position(|p| p.0 == key).expect("the model has it");
                assert_eq!((k.as_small(), v.as_small()), (Some(model[at].0), Some(model[at].1)));
                model.remove(at);
            }
            Some(i) if dice.below(50) == 0 => {
                body.move_first(i);
                let at = model.iter().position(|p| p.0 == key).expect("the model has it");
                model[..=at].rotate_right(1);
            }
            Some(i) => assert_eq!(body.entries()[i].key.as_small(), Some(key)),
        }
        assert_eq!(body.live(), model.len());
    }
    assert_eq!(pairs(&body), model);
    let copy = body.copy().expect("memory for a test");
    assert_eq!(pairs(&copy), model);
    for &(key, _) in &model {
        assert!(find(&copy, key).is_some());
    }
}

#[test]
fn does_what_a_list_of_pairs_does() {
    lock::with_thread(4 << 20, |_| {
        let mut dice = Dice(7);
        for keys in [3, 8, 12, 40, 200, 1000] {
            for removals in [1, 5, 9] {
                work(&mut dice, keys, 6000, removals);
            }
        }
    });
}

#[test]
fn every_width_of_the_index_finds_what_is_there() {
    lock::with_thread(4 << 20, |_| {
        let mut body = Body::empty();
        for key in 0..60_000 {
            insert(&mut body, key, key);
        }
        assert!((0..60_000).all(|key| find(&body, key) == Some(key as usize)));
        assert!((60_000..61_000).all(|key| find(&body, key).is_none()));
    });
}

#[test]
fn searches_end_however_often_keys_come_and_go() {
    lock::with_thread(4 << 20, |_| {
        let mut body = Body::empty();
        for key in 0..20 {
            insert(&mut body, key, key);
        }
        for key in 100..5000 {
            insert(&mut body, key * 7919, 0);
            let i = find(&body, key * 7919).expect("just inserted");
            body.remove(i);
            assert!(find(&body, -5).is_none());
        }
        let size = body.size();
        // A queue: in at the end, out at the front.
        for key in 20..5000 {
            insert(&mut body, key, key);
            let first = body.first();
            assert_eq!(body.entries()[first].key.as_small(), Some(key - 20));
            body.remove(first);
        }
        assert_eq!(body.size(), size, "neither grows it");
    });
}

#[test]
fn a_table_that_is_emptied_keeps_working() {
    lock::with_thread(4 << 20, |_| {
        let mut body = Body::empty();
        for round in 0..50 {
            for key in 0..30 {
                insert(&mut body, key, round);
            }
            while body.live() > 0 {
                let last = body.entries().len() - 1;
                body.remove(last);
            }
            assert!(body.entries().is_empty());
        }
    });
}
