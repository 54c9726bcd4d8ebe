//! Which certificates are believed.

use std::path::PathBuf;

use crate::{
    effects::world::World,
    model::health::{Detail, Finding},
};

/// Looks whether there are any; and whether a variable that names others (as OpenSSL reads it) names something.
pub(super) fn look(world: &World) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        let Some(path) = world.environment.variable(name).map(PathBuf::from) else { continue };
        let there = if name == "SSL_CERT_FILE" { path.is_file() } else { path.is_dir() };
        let found = if there {
            Finding::ok("certificates", "certificates.variable")
        } else {
            Finding::problem("certificates", "certificates.variable-broken")
        };
        findings.push(found.saying("name", name).with("path", Detail::Path(path)));
    }
    let count = world.trust.listed().len();
    findings.push(match world.trust.client_config() {
        Ok(_) if world.trust.has_added() => {
            Finding::ok("certificates", "certificates.added").saying("count", &count)
        }
        Ok(_) => Finding::ok("certificates", "certificates.fine").saying("count", &count),
        Err(_) => Finding::problem("certificates", "certificates.none"),
    });
    findings
}
