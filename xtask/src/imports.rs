//! The check of imports: the modules of a crate import each other in one direction only.
//!
//! A module imports another one where it names an item that is defined there, in a `use` or in a path such as
//! `crate::trace::TraceContext`. A re-export is followed to the definition, so a `mod.rs` that only re-exports its children
//! is in no circle with them. Code for tests is not read.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::Path,
};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Item, UseTree, Visibility};

use crate::root;

/// The crates without circles. `wire/src` and `frontend/src` have some and follow.
const CRATES: [&str; 2] = ["backend/src", "broker/src"];

/// The module path of a file within its crate: empty for `lib.rs`.
type ModulePath = Vec<String>;

/// What the check reads of one module.
#[derive(Debug, Default)]
struct Module {
    uses: Vec<Import>,
    /// Paths with at least two segments in the code.
    paths: Vec<Vec<String>>,
    /// Names without a path in the code.
    names: BTreeSet<String>,
    /// Child modules that are compiled for tests only.
    tests: BTreeSet<String>,
}

/// One name that a `use` brings into a module.
#[derive(Debug)]
struct Import {
    name: String,
    path: Vec<String>,
    is_reexport: bool,
}

/// The modules of a crate.
#[derive(Debug, Default)]
struct Modules(BTreeMap<ModulePath, Module>);

/// The imports of each module, each with the path that makes it one.
type Graph = BTreeMap<ModulePath, BTreeMap<ModulePath, String>>;

impl Module {
    fn read(source: &str) -> Self {
        let mut module = Self::default();
        let file = syn::parse_file(source).expect("the file is valid Rust");
        module.read_items(file.items);
        module
    }

    fn read_items(&mut self, items: Vec<Item>) {
        for item in items {
            match item {
                Item::Use(item) if !is_for_tests(&item.attrs) => {
                    let is_reexport = !matches!(item.vis, Visibility::Inherited);
                    self.read_use(&item.tree, &mut Vec::new(), is_reexport);
                }
                Item::Mod(item) if is_for_tests(&item.attrs) => {
                    self.tests.insert(item.ident.to_string());
                }
                Item::Mod(item) => self.read_items(item.content.map(|(_brace, items)| items).unwrap_or_default()),
                Item::Fn(item) if is_for_tests(&item.attrs) => {}
                Item::Impl(item) if is_for_tests(&item.attrs) => {}
                other => self.read_tokens(other.into_token_stream()),
            }
        }
    }

    fn read_use(&mut self, tree: &UseTree, path: &mut Vec<String>, is_reexport: bool) {
        let mut import = |name: String, path: Vec<String>| self.uses.push(Import { name, path, is_reexport });
        match tree {
            UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.read_use(&inner.tree, path, is_reexport);
                path.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.read_use(tree, path, is_reexport);
                }
            }
            UseTree::Name(inner) if inner.ident == "self" => {
                import(path.last().cloned().unwrap_or_default(), path.clone());
            }
            UseTree::Name(inner) => import(inner.ident.to_string(), [&path[..], &[inner.ident.to_string()]].concat()),
            UseTree::Rename(inner) if inner.ident == "self" => import(inner.rename.to_string(), path.clone()),
            UseTree::Rename(inner) => {
                import(inner.rename.to_string(), [&path[..], &[inner.ident.to_string()]].concat());
            }
            UseTree::Glob(_) => import("*".to_owned(), path.clone()),
        }
    }

    /// Collects the paths of two segments and more, also those in macros.
    fn read_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match &token {
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(ident) if colons == 2 => {
                    path.push(ident.to_string());
                    colons = 0;
                    continue;
                }
                _ => {}
            }
            self.end_path(&mut path);
            colons = 0;
            match token {
                TokenTree::Ident(ident) => path.push(ident.to_string()),
                TokenTree::Group(group) => self.read_tokens(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        self.end_path(&mut path);
    }

    fn end_path(&mut self, path: &mut Vec<String>) {
        let mut path = std::mem::take(path);
        if path.len() > 1 {
            self.paths.push(path);
        } else if let Some(name) = path.pop() {
            self.names.insert(name);
        }
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg") && attribute.to_token_stream().to_string().contains("test"))
}

impl Modules {
    /// Reads the sources of a crate.
    fn read(src: &Path) -> Self {
        let mut modules = Self::default();
        modules.read_folder(src, &[]);
        modules
    }

    fn read_folder(&mut self, folder: &Path, path: &[String]) {
        for entry in fs::read_dir(folder).expect("the folder of a crate can be read") {
            let entry = entry.expect("the folder of a crate can be read").path();
            let name = entry.file_stem().and_then(|name| name.to_str()).expect("a module has a name").to_owned();
            if entry.is_dir() {
                self.read_folder(&entry, &[path, &[name]].concat());
            } else if entry.extension().is_some_and(|extension| extension == "rs")
                && !(path.is_empty() && name == "main")
            {
                let module = Module::read(&fs::read_to_string(&entry).expect("a source file can be read"));
                let path =
                    if matches!(name.as_str(), "mod" | "lib") { path.to_vec() } else { [path, &[name]].concat() };
                self.0.insert(path, module);
            }
        }
    }

    /// The module that defines the item of a path, as seen from `from`; none for an item of another crate, and for a path
    /// that names a module.
    fn definition(&self, from: &[String], path: &[String]) -> Option<ModulePath> {
        self.resolve(from, path, 0).and_then(|(module, is_item)| is_item.then_some(module))
    }

    fn resolve(&self, from: &[String], path: &[String], depth: usize) -> Option<(ModulePath, bool)> {
        const DEEPEST: usize = 16;
        if depth > DEEPEST {
            return None;
        }
        let mut rest = path;
        let mut at = from.to_vec();
        match rest.first()?.as_str() {
            "crate" => {
                at.clear();
                rest = &rest[1..];
            }
            "self" | "super" => {
                while let Some((first, after)) =
                    rest.split_first().filter(|(first, _)| *first == "self" || *first == "super")
                {
                    if first == "super" {
                        at.pop();
                    }
                    rest = after;
                }
            }
            first => {
                let is_child = self.0.contains_key(&[from, &[first.to_owned()]].concat());
                let is_used = self.0.get(from).is_some_and(|module| module.uses.iter().any(|used| used.name == first));
                if !is_child && !is_used {
                    return None;
                }
            }
        }
        while let Some((name, after)) = rest.split_first() {
            let child = [&at[..], std::slice::from_ref(name)].concat();
            if self.0.contains_key(&child) {
                at = child;
                rest = after;
                continue;
            }
            let used = self.0.get(&at).and_then(|module| module.uses.iter().find(|used| used.name == *name));
            let Some(used) = used else { return Some((at, true)) };
            let (module, is_item) = self.resolve(&at, &used.path, depth + 1)?;
            if is_item {
                return Some((module, true));
            }
            at = module;
            rest = after;
        }
        Some((at, false))
    }

    fn is_for_tests(&self, path: &[String]) -> bool {
        (0..path.len())
            .any(|depth| self.0.get(&path[..depth]).is_some_and(|parent| parent.tests.contains(&path[depth])))
    }

    fn graph(&self) -> Graph {
        let mut graph = Graph::new();
        for (from, module) in self.0.iter().filter(|(path, _)| !self.is_for_tests(path)) {
            let imports = graph.entry(from.clone()).or_default();
            for used in &module.uses {
                let Some(to) = self.definition(from, &used.path) else { continue };
                let only_passes_on = used.is_reexport && to.starts_with(from) && !module.names.contains(&used.name);
                if to != *from && !only_passes_on {
                    imports.entry(to).or_insert_with(|| used.path.join("::"));
                }
            }
            for path in &module.paths {
                let Some(to) = self.definition(from, path) else { continue };
                if to != *from {
                    imports.entry(to).or_insert_with(|| path.join("::"));
                }
            }
        }
        graph
    }

    /// A shortest circle of imports in words, if there is a circle.
    fn circle(&self) -> Option<String> {
        let graph = self.graph();
        let circle = graph.keys().filter_map(|start| shortest_way_back(&graph, start)).min_by_key(Vec::len)?;
        let next = circle.iter().cycle().skip(1);
        let steps = circle
            .iter()
            .zip(next)
            .map(|(from, to)| format!("{} imports {} of {}", name(from), graph[from][to], name(to)));
        Some(steps.collect::<Vec<_>>().join(",\n  "))
    }
}

fn name(path: &[String]) -> String {
    if path.is_empty() { "the root module".to_owned() } else { path.join("::") }
}

/// The modules on the shortest way from a module back to itself.
fn shortest_way_back(graph: &Graph, start: &ModulePath) -> Option<Vec<ModulePath>> {
    let mut before: BTreeMap<&ModulePath, &ModulePath> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for to in graph.get(at).into_iter().flat_map(BTreeMap::keys) {
            if to == start {
                let mut way = vec![at.clone()];
                while way.last() != Some(start) {
                    way.push(before[way.last().expect("the way has a step")].clone());
                }
                way.reverse();
                return Some(way);
            }
            if !before.contains_key(to) {
                before.insert(to, at);
                queue.push_back(to);
            }
        }
    }
    None
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    for src in CRATES {
        if let Some(circle) = Modules::read(&root().join(src)).circle() {
            panic!("{src} has a circle of imports; move what they share into a module below them:\n  {circle}");
        }
    }
}

#[track_caller]
fn check(sources: &[(&str, &str)], circle: Option<&str>) {
    let modules = sources.iter().map(|(path, source)| {
        let path = path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
        (path, Module::read(source))
    });
    assert_eq!(Modules(modules.collect()).circle().as_deref(), circle);
}

#[test]
fn a_circle_is_named() {
    check(
        &[("", ""), ("a", "use crate::b::B; pub struct A;"), ("b", "pub struct B; fn f() { let _ = crate::a::A; }")],
        Some("a imports crate::b::B of b,\n  b imports crate::a::A of a"),
    );
    check(
        &[
            ("", ""),
            ("a", "use super::{b, c}; fn f(_: b::B) {} "),
            ("b", "pub struct B; mod x { use crate::c::C; }"),
            ("c", "fn f() { m!(crate::a::f) } pub struct C;"),
        ],
        Some("a imports b::B of b,\n  b imports crate::c::C of c,\n  c imports crate::a::f of a"),
    );
}

#[test]
fn a_reexport_is_followed_to_the_definition() {
    let parent = "pub use self::child::Child; mod child; mod other;";
    check(&[("", ""), ("p", parent), ("p::child", "pub struct Child;"), ("p::other", "use super::Child;")], None);
    let using = "pub use self::child::Child; pub struct Parent(Child);";
    check(
        &[("", ""), ("p", using), ("p::child", "use super::Parent; pub struct Child;")],
        Some("p imports self::child::Child of p::child,\n  p::child imports super::Parent of p"),
    );
}

#[test]
fn tests_are_not_read() {
    let with_tests = "use crate::b::B; #[cfg(test)] mod tests { use crate::c::C; } #[cfg(test)] mod more;";
    check(
        &[
            ("", ""),
            ("a", with_tests),
            ("a::more", "use crate::c::C;"),
            ("b", "pub struct B;"),
            ("c", "use crate::a::f; pub struct C;"),
        ],
        None,
    );
}
