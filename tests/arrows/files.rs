//! The graph of the files of a crate: which file needs a name that another defines.

use super::tokens::{is_name, tokens, without_tests};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The files of one crate and what they name.
#[derive(Default)]
pub(super) struct Files {
    /// By the path of the module, as `["rows", "content"]`; the crate itself is `[]`.
    pub modules: BTreeMap<Vec<String>, Module>,
}

/// What one file says about names.
#[derive(Default)]
pub(super) struct Module {
    file: PathBuf,
    /// Bindings of `use`, by the name that they make; `*` for all of a module.
    uses: Vec<Use>,
    /// Tokens of the rest.
    code: Vec<String>,
}

/// One leaf of a `use`.
struct Use {
    name: String,
    path: Vec<String>,
    reexport: bool,
}

impl Files {
    /// Reads a crate from `lib.rs` or `main.rs` on.
    pub fn read(root: &Path) -> Self {
        let mut files = Self::default();
        files.add(Vec::new(), root, root.parent().unwrap());
        files
    }

    /// Adds the file of a module, and the files of its `mod` lines, which lie in `folder`.
    fn add(&mut self, path: Vec<String>, file: &Path, folder: &Path) {
        let tokens = without_tests(tokens(&fs::read_to_string(file).unwrap()));
        let children: Vec<String> = tokens
            .windows(3)
            .filter(|three| three[0] == "mod" && three[2] == ";")
            .map(|three| three[1].clone())
            .collect();
        let module = Module::of(file, tokens);
        self.modules.insert(path.clone(), module);
        for child in children {
            let (flat, deep) =
                (folder.join(format!("{child}.rs")), folder.join(&child).join("mod.rs"));
            let file = if flat.exists() { flat } else { deep };
            let path = [path.clone(), vec![child.clone()]].concat();
            self.add(path, &file, &folder.join(&child));
        }
    }

    /// The module whose file defines what `path` names, seen from `module`, if it is of this crate.
    fn defining(&self, module: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
        let mut at = module.to_vec();
        let mut rest = path;
        while let Some((first, others)) = rest.split_first() {
            match first.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => drop(at.pop()),
                _ => break,
            }
            rest = others;
        }
        let anchored = rest.len() < path.len();
        let Some((name, others)) = rest.split_first() else { return Some(at) };
        let child = [at.clone(), vec![name.clone()]].concat();
        if self.modules.contains_key(&child) {
            return self.defining(&child, &[&["self".to_owned()], others].concat(), depth);
        }
        let bound = self.modules[&at].uses.iter().find(|one| one.name == *name);
        if let (Some(bound), true) = (bound, depth < 9) {
            let path = [&bound.path[..], others].concat();
            return self.defining(&at, &path, depth + 1);
        }
        anchored.then_some(at)
    }

    /// Which files each file needs, by the path of their module.
    fn edges(&self) -> BTreeMap<&Vec<String>, BTreeSet<Vec<String>>> {
        let needs = |(path, module): (&'_ Vec<String>, &'_ Module)| {
            let paths = module.paths(path.is_empty());
            let found = paths.iter().filter_map(|named| self.defining(path, named, 0));
            found.filter(|other| other != path).collect()
        };
        self.modules.iter().map(|one| (one.0, needs(one))).collect()
    }

    /// A circle of files, if there is one.
    pub fn circle(&self) -> Option<Vec<&Path>> {
        let mut edges = self.edges();
        while let Some(leaf) = edges.iter().find(|(_, needs)| needs.is_empty()).map(|e| *e.0) {
            edges.remove(leaf);
            for needs in edges.values_mut() {
                needs.remove(leaf);
            }
        }
        // What is left has a need each, so that a walk comes back to where it was.
        let mut walk: Vec<&Vec<String>> = vec![edges.keys().next()?];
        loop {
            let next = edges[walk.last()?].first()?;
            if let Some(start) = walk.iter().position(|one| *one == next) {
                let files = walk[start..].iter().chain([&next]);
                return Some(files.map(|path| &*self.modules[*path].file).collect());
            }
            walk.push(edges.get_key_value(next)?.0);
        }
    }
}

impl Module {
    fn of(file: &Path, tokens: Vec<String>) -> Self {
        let mut module = Self { file: file.to_owned(), ..Self::default() };
        let mut place = 0;
        while place < tokens.len() {
            if tokens[place] == "use" {
                let end = place + tokens[place..].iter().position(|token| token == ";").unwrap();
                let reexport =
                    place > 0 && (tokens[place - 1] == "pub" || tokens[place - 1] == ")");
                leaves(&tokens[place + 1..end], &[], reexport, &mut module.uses);
                place = end;
            } else if tokens[place] == "mod" && tokens.get(place + 2).is_some_and(|it| it == ";") {
                place += 2; // its name may be that of a function in it, which is not called here
            } else {
                module.code.push(tokens[place].clone());
            }
            place += 1;
        }
        module
    }

    /// Every path that the file needs something by.
    fn paths(&self, is_root: bool) -> Vec<Vec<String>> {
        let named: BTreeSet<&str> = self.code.iter().map(String::as_str).collect();
        let needed = |one: &&Use| !(one.reexport || is_root) || named.contains(&*one.name);
        let mut paths: Vec<Vec<String>> =
            self.uses.iter().filter(needed).map(|one| one.path.clone()).collect();
        let mut place = 0;
        while place + 2 < self.code.len() {
            let mut end = place + 1;
            while self.code.get(end).is_some_and(|token| token == "::")
                && self.code.get(end + 1).is_some_and(|token| is_name(token))
            {
                end += 2;
            }
            if end > place + 1 && is_name(&self.code[place]) {
                paths.push(self.code[place..end].iter().step_by(2).cloned().collect());
            }
            place = end;
        }
        paths
    }
}

/// Splits `a::{b, c::{self, d as e}}` into its leaves.
fn leaves(tree: &[String], before: &[String], reexport: bool, into: &mut Vec<Use>) {
    let mut path = before.to_vec();
    let mut place = 0;
    while place < tree.len() {
        match tree[place].as_str() {
            "::" => {}
            "{" => {
                // What stands between the braces, at each comma that is not in braces of its own.
                let (mut depth, mut start) = (0, place + 1);
                for (at, token) in tree.iter().enumerate().skip(place + 1) {
                    match token.as_str() {
                        "{" => depth += 1,
                        "}" if depth > 0 => depth -= 1,
                        "," | "}" if depth == 0 => {
                            leaves(&tree[start..at], &path, reexport, into);
                            start = at + 1;
                        }
                        _ => {}
                    }
                }
                return;
            }
            "as" => {
                into.push(Use { name: tree[place + 1].clone(), path, reexport });
                return;
            }
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
        place += 1;
    }
    if path.last().is_some_and(|name| name == "*") {
        path.pop();
        into.push(Use { name: "*".into(), path, reexport });
    } else if let (Some(name), false) = (path.last().cloned(), tree.is_empty()) {
        into.push(Use { name, path, reexport });
    }
}
