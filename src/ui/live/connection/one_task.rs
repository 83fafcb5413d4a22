//! One task at a time: a new one ends the one before it. Pure, so that it can be tested without a
//! browser.

use std::cell::RefCell;

use futures::future::{AbortHandle, abortable};

/// Holds one running task. A browser's page is one thread, so nothing here needs a lock.
#[derive(Default)]
pub(super) struct OneTask {
    running: RefCell<Option<AbortHandle>>,
}

impl OneTask {
    /// Makes this the running task; the caller has to spawn it. The task before it is dropped at once, and
    /// can do nothing at its end.
    pub(super) fn replace<F: Future<Output = ()>>(&self, task: F) -> impl Future<Output = ()> + use<F> {
        let (task, handle) = abortable(task);
        if let Some(before) = self.running.replace(Some(handle)) {
            before.abort();
        }
        async {
            // Ended or replaced: in both cases there is nothing left to do.
            let _ = task.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::rc::Rc;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_second_task_ends_the_first_at_once() {
        let (place, said) = (OneTask::default(), Rc::new(RefCell::new(Vec::new())));
        let task = |name: &'static str| {
            let said = said.clone();
            async move {
                said.borrow_mut().push(name);
                std::future::pending::<()>().await;
            }
        };
        let mut context = Context::from_waker(Waker::noop());
        let mut first = pin!(place.replace(task("first")));
        assert!(first.as_mut().poll(&mut context).is_pending());
        let mut second = pin!(place.replace(task("second")));
        assert!(first.as_mut().poll(&mut context).is_ready(), "it is over");
        assert!(second.as_mut().poll(&mut context).is_pending(), "the new one runs");
        assert_eq!(*said.borrow(), ["first", "second"]);
    }

    #[test]
    fn a_task_that_was_replaced_before_it_began_never_begins() {
        let place = OneTask::default();
        let mut first = pin!(place.replace(async { panic!("it was replaced") }));
        let _second = place.replace(async {});
        assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    }
}
