//! One lock per module that is being imported, so that two threads don't run its code twice.
//!
//! A thread that would wait in a circle (A imports B while B imports A, in two threads) goes on with the module as it is,
//! as CPython does.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use crate::vm::{PyResult, Vm};

/// Who imports what, and who waits for what; part of the runtime's state.
#[derive(Default)]
pub struct ImportLocks {
    /// Owner and depth by module.
    owners: RefCell<HashMap<String, (u64, u32)>>,
    /// The module that a thread waits for.
    waiting: RefCell<HashMap<u64, String>>,
}

impl ImportLocks {
    /// Forgets everything: in the child of a fork, where the other threads are gone.
    pub fn reset(&self) {
        self.owners.borrow_mut().clear();
        self.waiting.borrow_mut().clear();
    }

    fn in_circle(&self, me: u64, module: &str) -> bool {
        let owners = self.owners.borrow();
        let waiting = self.waiting.borrow();
        let mut at = module;
        for _ in 0..=owners.len() {
            let Some((owner, _)) = owners.get(at) else { return false };
            if *owner == me {
                return true;
            }
            match waiting.get(owner) {
                Some(next) => at = next,
                None => return false,
            }
        }
        true
    }
}

/// A held lock; released when dropped.
pub struct Held<'a> {
    vm: &'a Vm,
    name: Option<String>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let Some(name) = self.name.take() else { return };
        let mut owners = self.vm.runtime().import_locks.owners.borrow_mut();
        if let Some(entry) = owners.get_mut(&name) {
            entry.1 -= 1;
            if entry.1 == 0 {
                owners.remove(&name);
            }
        }
    }
}

/// Takes the lock of a module, waiting for the thread that has it.
pub fn acquire<'a>(vm: &'a Vm, name: &str) -> PyResult<Held<'a>> {
    let locks = &vm.runtime().import_locks;
    loop {
        {
            let mut owners = locks.owners.borrow_mut();
            match owners.get_mut(name) {
                None => {
                    owners.insert(name.to_owned(), (vm.ident, 1));
                    return Ok(Held { vm, name: Some(name.to_owned()) });
                }
                Some(entry) if entry.0 == vm.ident => {
                    entry.1 += 1;
                    return Ok(Held { vm, name: Some(name.to_owned()) });
                }
                Some(_) => {}
            }
        }
        if locks.in_circle(vm.ident, name) {
            return Ok(Held { vm, name: None });
        }
        locks.waiting.borrow_mut().insert(vm.ident, name.to_owned());
        vm.allow_threads(|| std::thread::sleep(Duration::from_micros(200)));
        locks.waiting.borrow_mut().remove(&vm.ident);
        vm.check_signals()?;
    }
}
