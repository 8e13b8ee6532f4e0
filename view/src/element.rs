//! An element with all that is in it: its markup, and the calls for the places in it that change.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeElement};
use syn::{Error, Expr, ExprLit, ExprTuple, Lit, spanned::Spanned};

use crate::html;

/// The markup as far as it is written.
struct Markup {
    html: String,
    calls: Vec<TokenStream>,
    /// How many nodes there are, in the order of the document: the number of the next one.
    count: u16,
    /// The variable the calls are made on.
    tree: Ident,
}

/// The tree of an element.
pub(crate) fn tokens(element: &NodeElement<rstml::Infallible>) -> syn::Result<TokenStream> {
    let tree = Ident::new("tree", Span::mixed_site());
    let mut markup = Markup { html: String::new(), calls: Vec::new(), count: 0, tree: tree.clone() };
    markup.element(element)?;
    let Markup { html, calls, .. } = markup;
    let new = if html::is_drawn(&element.name().to_string()) { quote!(drawn) } else { quote!(new) };
    let new = match new.to_string().as_str() {
        "drawn" => {
            let html = format!("<svg>{html}</svg>");
            quote! { crate::dom::Tree::drawn(#html) }
        }
        _ => quote! { crate::dom::Tree::new(#html) },
    };
    Ok(match calls.is_empty() {
        true => quote! { crate::dom::Node::Tree(#new) },
        false => quote! {{
            let mut #tree = #new;
            #(#calls)*
            crate::dom::Node::Tree(#tree)
        }},
    })
}

impl Markup {
    fn element(&mut self, element: &NodeElement<rstml::Infallible>) -> syn::Result<()> {
        let (name, place) = (element.name().to_string(), self.count);
        self.count += 1;
        self.html.push('<');
        self.html.push_str(&name);
        for attribute in element.attributes() {
            match attribute {
                NodeAttribute::Attribute(attribute) => self.attribute(place, attribute)?,
                NodeAttribute::Block(block) => return Err(Error::new(block.span(), "an attribute needs a name")),
            }
        }
        self.html.push('>');
        if !html::is_void(&name) {
            self.children(&name, &element.children)?;
            self.html.push_str("</");
            self.html.push_str(&name);
            self.html.push('>');
        }
        Ok(())
    }

    fn children(&mut self, parent: &str, children: &[Node]) -> syn::Result<()> {
        // texts beside one another are one node
        let mut after_text = false;
        let mut flat = Vec::new();
        flatten(children, &mut flat);
        for child in flat {
            let text = match child {
                Node::Text(text) => Some(text.value_string()),
                Node::RawText(text) => Some(text.to_string_best()),
                _ => None,
            };
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                self.count += u16::from(!after_text);
                after_text = true;
                html::escape(&text, &mut self.html);
                continue;
            }
            match child {
                Node::Element(element) if !crate::component::is_one(element) => {
                    if let Some(why) = html::misplaced(parent, &element.name().to_string()) {
                        return Err(Error::new(element.name().span(), why));
                    }
                    self.element(element)?;
                }
                other => {
                    let Some(view) = crate::node_of(other)? else { continue };
                    if parent == "textarea" {
                        return Err(Error::new(other.span(), "its text is set by `prop:value`"));
                    }
                    let (tree, place) = (&self.tree, self.count);
                    self.count += 1;
                    self.html.push_str("<!>");
                    self.calls.push(quote! { #tree.put(#place, #view); });
                }
            }
            after_text = false;
        }
        Ok(())
    }

    fn attribute(&mut self, place: u16, attribute: &KeyedAttribute) -> syn::Result<()> {
        let (key, tree) = (attribute.key.to_string().replace(' ', ""), self.tree.clone());
        let key = key.trim_start_matches("r#");
        let value = attribute.value();
        let needed = || {
            let value = value.map(|value| quote! { #value });
            value.ok_or_else(|| Error::new(attribute.key.span(), "it needs a value"))
        };
        let at = |kind: &str, name: &str| {
            let kind = format_ident!("{kind}");
            quote! { &const { crate::dom::At { place: #place, kind: crate::dom::Kind::#kind, name: #name } } }
        };
        let give = |kind: &str, name: &str, value: TokenStream| {
            let at = at(kind, name);
            quote! { crate::dom::Give::give(#value, &mut #tree, #at); }
        };
        let call = match key.split_once(':') {
            Some(("on", event)) => {
                let (handler, name) = (needed()?, format_ident!("{event}", span = attribute.key.span()));
                let at = at("On", event);
                quote! { #tree.on(#at, crate::dom::listener(&::leptos::ev::#name, #handler)); }
            }
            Some(("class", name)) => give("Class", name, needed()?),
            Some(("style", name)) => give("Style", name, needed()?),
            Some(("prop", name)) => give("Prop", name, needed()?),
            Some(_) => return Err(Error::new(attribute.key.span(), "there is no such attribute")),
            None if key == "node_ref" => {
                let value = needed()?;
                quote! { #tree.refer(#place, #value); }
            }
            None if key == "inner_html" => give("Html", "", needed()?),
            None if key == "style" => match value {
                Some(Expr::Tuple(ExprTuple { elems, .. })) if elems.len() == 2 => {
                    let name = literal(&elems[0]).ok_or_else(|| Error::new(elems.span(), "a property needs a name"))?;
                    give("Style", &name, elems[1].to_token_stream())
                }
                _ => return Err(Error::new(attribute.key.span(), "the page's policy forbids it: name a property")),
            },
            None => match value {
                None => return self.fixed(key, ""),
                Some(Expr::Lit(ExprLit { lit: Lit::Bool(on), .. })) => {
                    return if on.value { self.fixed(key, "") } else { Ok(()) };
                }
                Some(value) => match literal(value) {
                    Some(text) => return self.fixed(key, &text),
                    None => give("Attr", key, quote! { #value }),
                },
            },
        };
        self.calls.push(call);
        Ok(())
    }

    fn fixed(&mut self, name: &str, value: &str) -> syn::Result<()> {
        self.html.push(' ');
        self.html.push_str(name);
        if !value.is_empty() {
            self.html.push_str("=\"");
            html::escape(value, &mut self.html);
            self.html.push('"');
        }
        Ok(())
    }
}

/// Nodes without fragments around them.
fn flatten<'a>(nodes: &'a [Node], into: &mut Vec<&'a Node>) {
    for node in nodes {
        match node {
            Node::Fragment(fragment) => flatten(&fragment.children, into),
            other => into.push(other),
        }
    }
}

/// What a literal says.
fn literal(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Some(number.base10_digits().to_owned()),
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(only, None)] => literal(only),
            _ => None,
        },
        _ => None,
    }
}
