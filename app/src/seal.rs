//! Views whose type is forgotten, as small as they get in the browser.
//!
//! Leptos keeps ten functions for each type that becomes an [`AnyView`], some of them to adopt what
//! the server drew. Here pages are drawn anew ([`crate::anew`]), and all views are of one type before
//! they become an [`AnyView`], so that two functions for each type are enough.
//!
//! [`crate::prelude`] brings this `into_any` in place of the one of Leptos.

use leptos::prelude::{AnyView, RenderHtml};

/// Forgets the type of a view.
pub trait IntoAny {
    /// The view without its type.
    fn into_any(self) -> AnyView;
}

impl<T: RenderHtml> IntoAny for T {
    // What the server writes is the same either way.
    #[cfg(feature = "ssr")]
    fn into_any(self) -> AnyView {
        leptos::prelude::IntoAny::into_any(self)
    }

    #[cfg(not(feature = "ssr"))]
    fn into_any(self) -> AnyView {
        leptos::prelude::IntoAny::into_any(browser::Sealed(Box::new(self.into_owned())))
    }
}

#[cfg(not(feature = "ssr"))]
mod browser {
    use std::any::{Any, TypeId};

    use leptos::prelude::{AddAnyAttr, Mountable, Render, RenderHtml};
    use leptos::tachys::html::attribute::Attribute;
    use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
    use leptos::tachys::hydration::Cursor;
    use leptos::tachys::renderer::Rndr;
    use leptos::tachys::renderer::types::{Element, Node, Placeholder};
    use leptos::tachys::view::{Position, PositionState};

    /// A view of any type.
    pub struct Sealed(pub Box<dyn Forgotten>);

    /// What is kept of a view that is drawn.
    pub struct State {
        of: TypeId,
        kept: Box<dyn Kept>,
        /// Stands where a view would be that has no element.
        placeholder: Option<Placeholder>,
    }

    /// What can be done with a view whose type is forgotten.
    pub trait Forgotten: Send {
        fn draw(self: Box<Self>) -> State;
        fn redraw(self: Box<Self>, state: &mut State);
    }

    pub trait Kept: Mountable {
        fn as_any(&mut self) -> &mut dyn Any;
    }

    impl<S: Mountable + 'static> Kept for S {
        fn as_any(&mut self) -> &mut dyn Any {
            self
        }
    }

    impl<T: RenderHtml + 'static> Forgotten for T {
        fn draw(self: Box<Self>) -> State {
            State {
                of: TypeId::of::<T>(),
                kept: Box::new((*self).build()),
                placeholder: (!T::EXISTS).then(Rndr::create_placeholder),
            }
        }

        fn redraw(self: Box<Self>, state: &mut State) {
            // Fully named: a box of it is something that can be kept as well.
            match Kept::as_any(&mut *state.kept).downcast_mut::<T::State>() {
                Some(kept) if state.of == TypeId::of::<T>() => (*self).rebuild(kept),
                _ => state.become_another(Forgotten::draw(self)),
            }
        }
    }

    impl State {
        fn become_another(&mut self, mut new: State) {
            match &mut self.placeholder {
                Some(placeholder) => {
                    placeholder.insert_before_this(&mut new);
                }
                None => {
                    self.kept.insert_before_this(&mut new);
                }
            }
            self.unmount();
            *self = new;
        }
    }

    impl Render for Sealed {
        type State = State;

        fn build(self) -> State {
            self.0.draw()
        }

        fn rebuild(self, state: &mut State) {
            self.0.redraw(state);
        }
    }

    impl AddAnyAttr for Sealed {
        // Attributes are only ever given to elements.
        type Output<NewAttr: Attribute> = Sealed;

        fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Sealed {
            self
        }
    }

    impl RenderHtml for Sealed {
        type AsyncOutput = Self;
        type Owned = Self;

        const MIN_LENGTH: usize = 0;

        fn dry_resolve(&mut self) {}

        async fn resolve(self) -> Self {
            self
        }

        /// Browsers write no HTML.
        fn to_html_with_buf(
            self,
            _: &mut String,
            _: &mut Position,
            _: bool,
            _: bool,
            _: Vec<AnyAttribute>,
        ) {
        }

        /// Pages are drawn anew ([`crate::anew`]), so nothing in them is adopted from the server.
        fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> State {
            panic!("a view outside of `anew` was to be adopted from the server's page")
        }

        fn into_owned(self) -> Self {
            self
        }
    }

    impl Mountable for State {
        fn unmount(&mut self) {
            self.kept.unmount();
            if let Some(placeholder) = &mut self.placeholder {
                placeholder.unmount();
            }
        }

        fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
            self.kept.mount(parent, marker);
            if let Some(placeholder) = &mut self.placeholder {
                placeholder.mount(parent, marker);
            }
        }

        fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
            self.kept.insert_before_this(child)
                || self
                    .placeholder
                    .as_ref()
                    .is_some_and(|placeholder| placeholder.insert_before_this(child))
        }

        fn elements(&self) -> Vec<Element> {
            self.kept.elements()
        }
    }
}
