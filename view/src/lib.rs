//! `view!`, with the syntax of leptos, for less code: the markup of an element and all that never changes in it is one
//! string, which the browser parses once and copies; for each place in it that changes there is a call of `dom` in the
//! page, whose code is the same for all views.

mod component;
mod element;
mod html;

use proc_macro2::TokenStream;
use quote::quote;
use rstml::node::{Node, NodeBlock};
use syn::{Block, Stmt};

/// Writes a view: a `crate::dom::Node`.
#[proc_macro]
pub fn view(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let parser = rstml::Parser::new(rstml::ParserConfig::default().recover_block(true));
    let (nodes, errors) = parser.parse_recoverable(proc_macro2::TokenStream::from(tokens)).split_vec();
    let errors = errors.into_iter().map(|error| error.emit_as_expr_tokens());
    let view = nodes_of(&nodes).unwrap_or_else(|error| error.to_compile_error());
    quote! {{
        #[allow(unused_braces)]
        { #(#errors;)* #view }
    }}
    .into()
}

/// Some nodes beside one another.
fn nodes_of(nodes: &[Node]) -> syn::Result<TokenStream> {
    let mut views = nodes.iter().filter_map(|node| node_of(node).transpose()).collect::<syn::Result<Vec<_>>>()?;
    Ok(match views.len() {
        1 => views.remove(0),
        _ => quote! { crate::dom::Node::Many(::std::vec![#(#views),*]) },
    })
}

/// One node, which has no element around it here.
fn node_of(node: &Node) -> syn::Result<Option<TokenStream>> {
    Ok(Some(match node {
        Node::Comment(_) | Node::Doctype(_) | Node::Custom(_) => return Ok(None),
        Node::Fragment(fragment) => nodes_of(&fragment.children)?,
        Node::Element(element) if component::is_one(element) => component::tokens(element)?,
        Node::Element(element) => element::tokens(element)?,
        Node::Block(block) => block_tokens(block),
        Node::Text(text) => literal(&text.value_string()),
        Node::RawText(text) => literal(&text.to_string_best()),
    }))
}

fn literal(text: &str) -> TokenStream {
    quote! { crate::dom::IntoNode::into_node(#text) }
}

/// A block of Rust as a node.
fn block_tokens(block: &NodeBlock) -> TokenStream {
    let value = match block {
        NodeBlock::ValidBlock(Block { stmts, .. }) => match stmts.as_slice() {
            [Stmt::Expr(only, None)] => quote! { #only },
            _ => quote! { #block },
        },
        NodeBlock::Invalid(_) => quote! { #block },
    };
    quote! { crate::dom::IntoNode::into_node(#value) }
}
