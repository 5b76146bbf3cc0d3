//! Modules of a crate import each other in one direction. Two modules that import each other cannot
//! be understood or changed separately.

#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use syn::{UseTree, visit::Visit};

/// A module's path in its crate, such as `["jobs", "state"]`. The root's path is empty.
type Module = Vec<String>;

/// The paths that a file imports, from the crate's root.
struct Paths {
    module: Module,
    named: Vec<Vec<String>>,
    /// Modules in separate files that are compiled only for tests.
    for_tests: Vec<Module>,
    /// Names that the file's `use` items import, with their paths.
    imported: Vec<(String, Vec<String>)>,
}

impl Paths {
    fn of(module: Module, text: &str) -> Self {
        let mut paths = Self {
            module,
            named: Vec::new(),
            for_tests: Vec::new(),
            imported: Vec::new(),
        };
        paths.visit_file(&syn::parse_file(text).unwrap());
        paths
    }

    /// Returns the path from the root, or `None` if it leads out of the crate.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let rest = || path.get(1..).unwrap_or_default().iter().cloned();
        match path.first()?.as_str() {
            "crate" => Some(rest().collect()),
            "self" => Some(self.module.iter().cloned().chain(rest()).collect()),
            "super" => {
                let above = path.iter().take_while(|part| *part == "super").count();
                let parents = self.module.len().checked_sub(above)?;
                let parents = self.module[..parents].iter().cloned();
                Some(parents.chain(path[above..].iter().cloned()).collect())
            }
            _ => None,
        }
    }

    fn add_tree(&mut self, tree: &UseTree, before: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.add_tree(&path.tree, before);
                before.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_tree(tree, before);
                }
            }
            UseTree::Name(name) => self.add_import(name.ident.to_string(), before, &name.ident),
            UseTree::Rename(rename) => {
                self.add_import(rename.rename.to_string(), before, &rename.ident);
            }
            UseTree::Glob(_) => self.named.extend(self.absolute(before)),
        }
    }

    fn add_import(&mut self, name: String, before: &[String], last: &syn::Ident) {
        let mut path = before.to_vec();
        if last != "self" {
            path.push(last.to_string());
        }
        // A child can be named without `self`.
        let absolute = self.absolute(&path);
        let child = || self.module.iter().cloned().chain(path.clone()).collect();
        self.named.extend(absolute.clone());
        self.imported.push((name, absolute.unwrap_or_else(child)));
    }
}

impl Visit<'_> for Paths {
    fn visit_item_mod(&mut self, item: &syn::ItemMod) {
        // Tests may import anything.
        if item.attrs.iter().any(is_for_tests) {
            let name = item.ident.to_string();
            self.for_tests
                .push(self.module.iter().cloned().chain([name]).collect());
        } else {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        self.add_tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let parts: Vec<_> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.named.extend(self.absolute(&parts));
        syn::visit::visit_path(self, path);
    }
}

fn is_for_tests(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Ident>()
            .is_ok_and(|word| word == "test")
}

/// Returns all files of a crate.
fn read(folder: &Path, module: &Module, files: &mut BTreeMap<Module, Paths>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut inner = module.clone();
        if path.is_dir() {
            inner.push(stem);
            read(&path, &inner, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            if !["lib", "main", "mod"].contains(&stem.as_str()) {
                inner.push(stem);
            }
            let text = fs::read_to_string(&path).unwrap();
            files.insert(inner.clone(), Paths::of(inner, &text));
        }
    }
}

/// Returns the module that a path leads to, through re-exports.
fn target(files: &BTreeMap<Module, Paths>, path: &[String]) -> Option<Module> {
    let mut path = path.to_vec();
    for _ in 0..8 {
        let depth = (0..=path.len())
            .rev()
            .find(|n| files.contains_key(&path[..*n]))?;
        let Some(name) = path.get(depth) else {
            return Some(path);
        };
        let file = &files[&path[..depth]];
        match file.imported.iter().find(|(imported, _)| imported == name) {
            Some((_, to)) if *to != path[..=depth] => {
                path = to.iter().chain(&path[depth + 1..]).cloned().collect();
            }
            _ => return Some(path[..depth].to_vec()),
        }
    }
    None
}

/// Returns the circles between modules with the same parent: each module that can be reached from
/// itself.
fn circles(files: &BTreeMap<Module, Paths>) -> Vec<String> {
    let mut edges: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (module, file) in files {
        for path in &file.named {
            let Some(to) = target(files, path) else {
                continue;
            };
            let common = module.iter().zip(&to).take_while(|(a, b)| a == b).count();
            // Imports from a module's own parent or child are not circles.
            if common < module.len() && common < to.len() {
                let from = module[..=common].to_vec();
                edges
                    .entry(from)
                    .or_default()
                    .insert(to[..=common].to_vec());
            }
        }
    }
    let mut found = Vec::new();
    for start in edges.keys() {
        let (mut seen, mut next) = (BTreeSet::new(), vec![start.clone()]);
        while let Some(module) = next.pop() {
            for to in edges.get(&module).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    next.push(to.clone());
                }
            }
        }
        if seen.contains(start) {
            let to: Vec<_> = edges[start]
                .iter()
                .map(|module| module.join("::"))
                .collect();
            found.push(format!("{} -> {}", start.join("::"), to.join(", ")));
        }
    }
    found
}

#[test]
fn modules_import_each_other_in_one_direction() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir(crates).unwrap() {
        let folder = entry.unwrap().path();
        let mut files = BTreeMap::new();
        read(&folder.join("src"), &Vec::new(), &mut files);
        let for_tests: Vec<_> = files
            .values()
            .flat_map(|file| file.for_tests.clone())
            .collect();
        files.retain(|module, _| !for_tests.iter().any(|tests| module.starts_with(tests)));
        assert!(!files.is_empty(), "{}", folder.display());
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        found.extend(
            circles(&files)
                .iter()
                .map(|circle| format!("{name}: {circle}")),
        );
    }
    assert!(found.is_empty(), "circles:\n{}", found.join("\n"));
}

#[test]
fn a_circle_is_found_through_re_exports() {
    let file = |module: &[&str], text: &str| {
        let module: Module = module.iter().map(|part| (*part).to_owned()).collect();
        (module.clone(), Paths::of(module, text))
    };
    let straight = [
        file(&[], "mod a; mod b; pub use b::Thing;"),
        file(&["a"], "use crate::Thing; fn f(_: Thing) {}"),
        file(&["b"], "pub struct Thing;"),
    ];
    assert_eq!(circles(&straight.into()), Vec::<String>::new());
    let round = [
        file(&[], "mod a; mod b; pub use b::Thing;"),
        file(&["a"], "use crate::Thing; pub fn f(_: Thing) {}"),
        file(&["b"], "pub struct Thing; fn g() { crate::a::f(Thing) }"),
    ];
    assert_eq!(circles(&round.into()), ["a -> b", "b -> a"]);
}
