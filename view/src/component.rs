//! Components of leptos in a view: their props and children, as leptos wants them.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use rstml::node::{KeyedAttribute, KeyedAttributeValue, NodeAttribute, NodeElement};
use syn::{Error, spanned::Spanned};

/// Whether it is a component: these begin with a capital letter, elements do not.
pub(crate) fn is_one(element: &NodeElement<rstml::Infallible>) -> bool {
    let name = element.name().to_string();
    let last = name.rsplit("::").next().unwrap_or(&name);
    last.trim_start().starts_with(|first: char| first.is_ascii_uppercase() || first == '$')
}

/// The call of a component.
pub(crate) fn tokens(element: &NodeElement<rstml::Infallible>) -> syn::Result<TokenStream> {
    match element.name().to_string().as_str() {
        "Show" => return show(element),
        "For" => return each(element),
        _ => {}
    }
    let mut props = Vec::new();
    for attribute in element.attributes() {
        let NodeAttribute::Attribute(attribute) = attribute else {
            return Err(Error::new(attribute.span(), "a component takes props, and nothing else"));
        };
        let name = &attribute.key;
        if name.to_string().contains(':') {
            return Err(Error::new(name.span(), "a component takes props, and nothing else"));
        }
        let value = attribute.value().map_or_else(|| quote! { #name }, |value| quote! { #value });
        props.push(quote! { .#name({ #value }) });
    }
    if !element.children.is_empty() {
        let children = crate::nodes_of(&element.children)?;
        props.push(quote! { .children(::leptos::children::ToChildren::to_children(move || #children)) });
    }
    let (name, generics) = (element.name(), &element.open_tag.generics);
    let generics = generics.lt_token.is_some().then(|| quote! { ::#generics });
    Ok(quote! {
        crate::dom::Node::of(::leptos::component::component_view(
            &#name,
            ::leptos::component::component_props_builder(&#name #generics) #(#props)* .build(),
        ))
    })
}

/// The value of a prop.
fn prop<'a>(element: &'a NodeElement<rstml::Infallible>, name: &str) -> Option<&'a syn::Expr> {
    element.attributes().iter().find_map(|attribute| match attribute {
        NodeAttribute::Attribute(attribute) if attribute.key.to_string() == name => attribute.value(),
        _ => None,
    })
}

/// A view of `each` item of a list, named by its `key`. As [`show`], less than a component.
fn each(element: &NodeElement<rstml::Infallible>) -> syn::Result<TokenStream> {
    let needed =
        |name: &str| prop(element, name).ok_or_else(|| Error::new(element.name().span(), format!("it needs `{name}`")));
    let (items, key) = (needed("each")?, needed("key")?);
    let bound = element.attributes().iter().find_map(|attribute| match attribute {
        NodeAttribute::Attribute(attribute) => pattern(attribute),
        NodeAttribute::Block(_) => None,
    });
    let bound = bound.ok_or_else(|| Error::new(element.name().span(), "it needs a name for the item: `let:name`"))?;
    let children = crate::nodes_of(&element.children)?;
    Ok(quote! { crate::dom::each(#items, #key, move |#bound| #children) })
}

/// What is shown `when` something is so, and otherwise the `fallback`, if there is one. It is everywhere, so it is less
/// than a component.
fn show(element: &NodeElement<rstml::Infallible>) -> syn::Result<TokenStream> {
    let when = prop(element, "when").ok_or_else(|| Error::new(element.name().span(), "it needs `when`"))?;
    let otherwise = match prop(element, "fallback") {
        Some(fallback) => quote! { #fallback },
        None => quote! { || crate::dom::Node::Nothing },
    };
    let children = crate::nodes_of(&element.children)?;
    Ok(quote! { crate::dom::show(#when, move || #children, #otherwise) })
}

/// What `let:name` or `let(pattern)` binds.
fn pattern(attribute: &KeyedAttribute) -> Option<TokenStream> {
    let key = attribute.key.to_string();
    if let Some(name) = key.strip_prefix("let:") {
        let name: Ident = format_ident!("{}", name.trim(), span = attribute.key.span());
        return Some(quote! { #name });
    }
    match &attribute.possible_value {
        KeyedAttributeValue::Binding(binding) if key == "let" => {
            let inputs = &binding.inputs;
            Some(quote! { #inputs })
        }
        _ => None,
    }
}
