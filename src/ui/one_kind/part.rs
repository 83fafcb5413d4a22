//! A part of a page whose type is hidden, so that what is around it is made once for all such parts. Leptos' own
//! `AnyView` also has code for each type that we never run: for waiting, for attributes that are added, and for parts
//! that change in place. It would be more to load than what it saves.

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::types::{Element, Node};
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};

/// What is on the page of a part.
type Shown = Box<dyn Mountable>;

/// What a part can do.
trait Hidden: Send {
    fn build(self: Box<Self>) -> Shown;
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Shown;
    fn write(self: Box<Self>, html: &mut String, position: &mut Position, escape: bool);
}

impl<V: IntoView + 'static> Hidden for V {
    fn build(self: Box<Self>) -> Shown {
        Box::new(Render::build(*self))
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Shown {
        Box::new(RenderHtml::hydrate::<true>(*self, cursor, position))
    }

    fn write(self: Box<Self>, html: &mut String, position: &mut Position, escape: bool) {
        // Only the server does this. The browser need not load the code for it.
        if cfg!(feature = "ssr") {
            self.to_html_with_buf(html, position, escape, false, Vec::new());
        }
    }
}

/// A part of a page. It is made and removed as a whole, and nothing in it waits.
pub(crate) struct Part(Box<dyn Hidden>);

impl Part {
    /// Hides the type of a view.
    pub(crate) fn new(view: impl IntoView + 'static) -> Self {
        Self(Box::new(view))
    }
}

/// A part that is on the page.
pub(crate) struct PartState(Shown);

impl Mountable for PartState {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

impl Render for Part {
    type State = PartState;

    fn build(self) -> PartState {
        PartState(self.0.build())
    }

    fn rebuild(self, state: &mut PartState) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl AddAnyAttr for Part {
    type Output<A: Attribute> = Self;

    /// Nothing adds attributes to a part.
    fn add_any_attr<A: Attribute>(self, _: A) -> Self {
        self
    }
}

impl RenderHtml for Part {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        _mark_branches: bool,
        _extra_attributes: Vec<AnyAttribute>,
    ) {
        self.0.write(html, position, escape);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> PartState {
        PartState(self.0.hydrate(cursor, position))
    }

    fn into_owned(self) -> Self {
        self
    }
}
