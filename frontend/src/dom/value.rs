//! Values of attributes, classes, styles and properties.

use leptos::prelude::*;

use std::borrow::Cow;

use leptos::tachys::renderer::dom::Dom;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, HtmlElement};

use super::Tree;

/// What something is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// It is not there.
    Nothing,
    /// It is there, or not.
    Flag(bool),
    /// A text.
    Text(Cow<'static, str>),
}

/// What is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An attribute.
    Attr,
    /// A class among others.
    Class,
    /// A property of its style.
    Style,
    /// A property of the element.
    Prop,
    /// All that is in it, as markup.
    Html,
    /// A listener of an event.
    On,
}

/// What is set where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The number of the element in its tree.
    pub place: u16,
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: &'static str,
}

impl At {
    /// Sets it.
    pub(super) fn set(&self, element: &Element, value: &Value) {
        let Self { kind, name, .. } = *self;
        // what a browser refuses stays as it was: names are right, they are written in the views
        match (kind, value) {
            (Kind::Attr, Value::Text(text)) => drop(element.set_attribute(name, text)),
            (Kind::Attr, Value::Flag(true)) => drop(element.set_attribute(name, "")),
            (Kind::Attr, _) => drop(element.remove_attribute(name)),
            (Kind::Class, value) => {
                let on = matches!(value, Value::Flag(true));
                drop(element.class_list().toggle_with_force(name, on));
            }
            (Kind::Style, Value::Text(text)) => drop(style(element).set_property(name, text)),
            (Kind::Style, _) => drop(style(element).remove_property(name)),
            (Kind::Prop, value) => Dom::set_property_or_value(element, name, &value.js()),
            (Kind::Html, Value::Text(markup)) => element.set_inner_html(markup),
            (Kind::Html | Kind::On, _) => {}
        }
    }
}

fn style(element: &Element) -> web_sys::CssStyleDeclaration {
    // drawings have one as well
    element.unchecked_ref::<HtmlElement>().style()
}

impl Value {
    fn js(&self) -> JsValue {
        match self {
            Self::Nothing => JsValue::UNDEFINED,
            Self::Flag(on) => JsValue::from_bool(*on),
            Self::Text(text) => JsValue::from_str(text),
        }
    }
}

/// What can be the value of an attribute.
pub trait IntoValue {
    /// As a value.
    fn into_value(self) -> Value;
}

/// What an attribute can be given in a view: a value, or what says it anew whenever it changes.
pub trait Give {
    /// Writes it down.
    fn give(self, tree: &mut Tree, at: &'static At);
}

impl<F, V> Give for F
where
    F: FnMut() -> V + Send + 'static,
    V: IntoValue,
{
    fn give(mut self, tree: &mut Tree, at: &'static At) {
        tree.live(at, Box::new(move || self().into_value()));
    }
}

macro_rules! values {
    ($(|$value:ident: $type:ty| $into:expr;)*) => {$(
        impl IntoValue for $type {
            fn into_value(self) -> Value {
                let $value = self;
                $into
            }
        }

        impl Give for $type {
            fn give(self, tree: &mut Tree, at: &'static At) {
                tree.fixed(at, self.into_value());
            }
        }
    )*};
}

values! {
    |value: Value| value;
    |text: &'static str| Value::Text(Cow::Borrowed(text));
    |text: String| Value::Text(Cow::Owned(text));
    |on: bool| Value::Flag(on);
    |number: u8| number.to_string().into_value();
    |number: u32| number.to_string().into_value();
    |number: usize| number.to_string().into_value();
    |number: f64| number.to_string().into_value();
}

impl<V: IntoValue> IntoValue for Option<V> {
    fn into_value(self) -> Value {
        self.map_or(Value::Nothing, V::into_value)
    }
}

impl<V: IntoValue> Give for Option<V> {
    fn give(self, tree: &mut Tree, at: &'static At) {
        tree.fixed(at, self.into_value());
    }
}

macro_rules! signals {
    ($($type:ident),*) => {$(
        impl<V: IntoValue + Clone + Send + Sync + 'static> Give for $type<V> {
            fn give(self, tree: &mut Tree, at: &'static At) {
                tree.live(at, Box::new(move || self.get().into_value()));
            }
        }
    )*};
}

signals!(Signal, RwSignal, Memo);
