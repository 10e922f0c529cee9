//! Dependencies run `libs ← kernel ← web ← systems/* ← app`; `testkit` helps tests only; no system knows another.

use super::{Finding, House};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    Library,
    Kernel,
    Web,
    Testkit,
    System,
    App,
    Xtask,
}

impl Layer {
    fn of(folder: &str) -> Option<Layer> {
        Some(match folder {
            "kernel" => Layer::Kernel,
            "web" => Layer::Web,
            "testkit" => Layer::Testkit,
            "app" => Layer::App,
            "xtask" => Layer::Xtask,
            _ if folder.starts_with("libs/") => Layer::Library,
            _ if folder.starts_with("systems/") => Layer::System,
            _ => return None,
        })
    }

    /// Whether the product's code of this layer may use crates of `other`.
    fn may_use(self, other: Layer) -> bool {
        let below: &[Layer] = match self {
            Layer::Library | Layer::Kernel | Layer::Xtask => &[Layer::Library],
            Layer::Web => &[Layer::Library, Layer::Kernel],
            Layer::System | Layer::Testkit => &[Layer::Library, Layer::Kernel, Layer::Web],
            Layer::App => &[Layer::Library, Layer::Kernel, Layer::Web, Layer::System],
        };
        below.contains(&other)
    }

    /// Whether its tests may use `other` besides.
    fn tests_may_use(self, other: Layer) -> bool {
        let tested_from_outside = matches!(self, Layer::Web | Layer::System | Layer::App);
        self.may_use(other) || (tested_from_outside && other == Layer::Testkit)
    }
}

pub(super) fn findings(house: &House) -> Vec<Finding> {
    let members: Vec<(&str, String)> =
        house.metadata.members().map(|package| (package.name.as_str(), package.folder(&house.root))).collect();
    let mut found = Vec::new();
    for package in house.metadata.members() {
        let folder = package.folder(&house.root);
        for dependency in &package.dependencies {
            let Some((_, other)) = members.iter().find(|(name, _)| *name == dependency.name) else {
                continue;
            };
            let test_only = dependency.kind.as_deref() == Some("dev");
            if let Some(advice) = judge(&folder, other, test_only) {
                found.push(Finding::new(format!("{folder}/Cargo.toml"), advice));
            }
        }
    }
    found
}

fn judge(folder: &str, other_folder: &str, test_only: bool) -> Option<String> {
    let (Some(layer), Some(other)) = (Layer::of(folder), Layer::of(other_folder)) else {
        return Some(format!(
            "{folder} or {other_folder} has no place in the house; crates live in libs/, systems/, or are kernel, web, testkit, app, xtask"
        ));
    };
    let allowed = if test_only { layer.tests_may_use(other) } else { layer.may_use(other) };
    if allowed {
        return None;
    }
    Some(match (layer, other) {
        (Layer::System, Layer::System) => format!(
            "uses {other_folder}, and no system knows another: share a noun of the kernel, a port of kernel::ports, or an event of the outbox"
        ),
        (_, Layer::Testkit) if !test_only => "uses testkit outside tests: move it to [dev-dependencies]".to_owned(),
        _ => format!(
            "uses {other_folder} against the order libs ← kernel ← web ← systems ← app: move the shared part down, or the caller up"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_holds() {
        let good = [
            ("kernel", "libs/workdays", false),
            ("web", "kernel", false),
            ("systems/services", "web", false),
            ("systems/services", "testkit", true),
            ("app", "systems/identity", false),
            ("libs/typesetter", "libs/letter", false),
        ];
        for (folder, other, test_only) in good {
            assert_eq!(judge(folder, other, test_only), None, "{folder} → {other}");
        }
        let bad = [
            ("libs/letter", "kernel", false, "against the order"),
            ("kernel", "web", false, "against the order"),
            ("kernel", "testkit", true, "against the order"),
            ("systems/services", "systems/identity", false, "no system knows another"),
            ("systems/services", "systems/identity", true, "no system knows another"),
            ("systems/services", "testkit", false, "[dev-dependencies]"),
            ("tools/extra", "kernel", false, "no place in the house"),
        ];
        for (folder, other, test_only, said) in bad {
            let advice = judge(folder, other, test_only).unwrap_or_default();
            assert!(advice.contains(said), "{folder} → {other}: {advice}");
        }
    }
}
