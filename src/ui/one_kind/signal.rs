//! Signals, memos and stored values of one type each. They do what Leptos' own do, whose code is made once for each
//! type of value: twenty copies of it, of three kilobytes each, for every browser to load. Here each value is in a box.

use std::any::Any;
use std::marker::PhantomData;
use std::ops::Deref;

use leptos::prelude::{self, Read as _, ReadUntracked as _, ReadValue as _, Track as _, UntrackableGuard as _};
use leptos::prelude::{Write as _, WriteValue as _};
use leptos::reactive::signal::guards::{Plain, ReadGuard};

/// A value of any type. What is put in as one type is only ever taken out as the same: the type of its handle.
struct Boxed(Box<dyn Any + Send + Sync>);

impl Boxed {
    fn new<T: Send + Sync + 'static>(value: T) -> Self {
        Self(Box::new(value))
    }

    fn get<T: 'static>(&self) -> &T {
        match self.0.downcast_ref() {
            Some(value) => value,
            None => another_type(),
        }
    }

    fn get_mut<T: 'static>(&mut self) -> &mut T {
        match self.0.downcast_mut() {
            Some(value) => value,
            None => another_type(),
        }
    }
}

#[cold]
fn another_type() -> ! {
    unreachable!("a handle of another type")
}

/// A value that is being read.
pub struct Reading<T> {
    guard: ReadGuard<Boxed, Plain<Boxed>>,
    of: PhantomData<fn() -> T>,
}

impl<T: 'static> Deref for Reading<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.guard.get()
    }
}

fn reading<T>(guard: ReadGuard<Boxed, Plain<Boxed>>) -> Reading<T> {
    Reading { guard, of: PhantomData }
}

/// Makes a handle cheap to copy, whatever its value is.
macro_rules! handle {
    ($name:ident) => {
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}
    };
}

/// What a signal can do, however its value is held.
macro_rules! signal {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<T> {
            signal: prelude::$name<Boxed>,
            of: PhantomData<fn() -> T>,
        }

        impl<T: Send + Sync + 'static> $name<T> {
            /// A signal with its first value.
            pub fn new(value: T) -> Self {
                Self { signal: prelude::$name::new(Boxed::new(value)), of: PhantomData }
            }

            /// Follows the value, without reading it.
            pub fn track(&self) {
                self.signal.track();
            }

            /// Reads the value and follows it.
            pub fn read(&self) -> Reading<T> {
                reading(self.signal.read())
            }

            /// Reads the value without following it.
            pub fn read_untracked(&self) -> Reading<T> {
                reading(self.signal.read_untracked())
            }

            /// Changes the value; `None` if the page that it belongs to is gone.
            pub fn try_update<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
                self.signal.try_write().map(|mut value| change(value.get_mut()))
            }

            /// Changes the value, unless the page that it belongs to is gone.
            pub fn update(&self, change: impl FnOnce(&mut T)) {
                let _ = self.try_update(change);
            }

            /// Changes the value; what reads it learns of that only if this says that there was something to change.
            pub fn maybe_update(&self, change: impl FnOnce(&mut T) -> bool) {
                if let Some(mut value) = self.signal.try_write()
                    && !change(value.get_mut())
                {
                    value.untrack();
                }
            }

            /// Sets another value.
            pub fn set(&self, value: T) {
                self.update(|it| *it = value);
            }
        }

        impl<T: Clone + Send + Sync + 'static> $name<T> {
            /// The value, which is followed.
            pub fn get(&self) -> T {
                self.read().clone()
            }

            /// The value, which is not followed.
            pub fn get_untracked(&self) -> T {
                self.read_untracked().clone()
            }
        }
    };
}

signal! {
    /// A value that what reads it follows. It lives as long as the part of the page that made it.
    RwSignal
}

handle!(RwSignal);

signal! {
    /// A value that what reads it follows. It lives as long as anyone has a handle of it.
    ArcRwSignal
}

impl<T> Clone for ArcRwSignal<T> {
    fn clone(&self) -> Self {
        Self { signal: self.signal.clone(), of: PhantomData }
    }
}

/// A value that nothing follows.
pub struct StoredValue<T> {
    value: prelude::StoredValue<Boxed>,
    of: PhantomData<fn() -> T>,
}

handle!(StoredValue);

impl<T: Send + Sync + 'static> StoredValue<T> {
    /// A place with its first value.
    pub fn new(value: T) -> Self {
        Self { value: prelude::StoredValue::new(Boxed::new(value)), of: PhantomData }
    }

    /// Reads the value.
    pub fn with_value<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(self.value.read_value().get())
    }

    /// Changes the value; `None` if the page that it belongs to is gone.
    pub fn try_update_value<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.value.try_write_value().map(|mut value| change(value.get_mut()))
    }

    /// Changes the value, unless the page that it belongs to is gone.
    pub fn update_value(self, change: impl FnOnce(&mut T)) {
        let _ = self.try_update_value(change);
    }

    /// Sets another value.
    pub fn set_value(self, value: T) {
        self.update_value(|it| *it = value);
    }
}

impl<T: Clone + Send + Sync + 'static> StoredValue<T> {
    /// The value.
    pub fn get_value(self) -> T {
        self.with_value(T::clone)
    }
}

/// A value that can be compared with another one of its type.
trait Comparable: Any + Send + Sync {
    fn is_same(&self, other: &dyn Comparable) -> bool;
}

impl<T: PartialEq + Send + Sync + 'static> Comparable for T {
    fn is_same(&self, other: &dyn Comparable) -> bool {
        let other: &dyn Any = other;
        other.downcast_ref() == Some(self)
    }
}

/// A value of any type that was made from others.
struct Made(Box<dyn Comparable>);

impl PartialEq for Made {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(&*other.0)
    }
}

impl Made {
    fn get<T: 'static>(&self) -> &T {
        let value: &dyn Any = &*self.0;
        match value.downcast_ref() {
            Some(value) => value,
            None => another_type(),
        }
    }
}

/// How a value is made. What Leptos passes to it is the value before.
type Make = Box<dyn Fn(Option<&Made>) -> Made + Send + Sync>;

/// A value that is made from others whenever they have changed. What reads it follows it.
pub struct Memo<T> {
    memo: prelude::Memo<Made>,
    of: PhantomData<fn() -> T>,
}

handle!(Memo);

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// A value that is made by this.
    pub fn new(make: impl Fn() -> T + Send + Sync + 'static) -> Self {
        let make: Make = Box::new(move |_| Made(Box::new(make())));
        Self { memo: prelude::Memo::new(make), of: PhantomData }
    }

    /// Reads the value and follows it.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(self.memo.read().get())
    }

    /// Reads the value without following it.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(self.memo.read_untracked().get())
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Memo<T> {
    /// The value, which is followed.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value, which is not followed.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}
