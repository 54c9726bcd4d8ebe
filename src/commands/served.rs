//! `--practice-servers`: a session whose other side is the practice servers of another process. As in practice mode only
//! what is injected differs, here the provider entries, the certificate and where names lead; folders and stores are the
//! real ones. What may be trusted is checked as anywhere else.

use std::path::Path;

use crate::{
    effects::{discover::Names, trust::Trust},
    flow::knowledge::{Knowledge, SeatableServer},
    practice::{DOMAINS, Served},
};

/// Reads where they are, and trusts their certificate; `None`: it cannot be used.
pub fn read(path: &Path, trust: &mut Trust) -> Option<Served> {
    let served = Served::parse(&std::fs::read_to_string(path).ok()?)?;
    trust.add_file(served.ca_file()).ok()?;
    Some(served)
}

/// Where names lead then.
pub fn names(served: &Served) -> Names {
    Names::Of { resolver: served.resolver(), web: served.web(), domains: &DOMAINS }
}

/// What is known then.
pub fn knowledge(served: &Served, shipped: Knowledge) -> Knowledge {
    Knowledge {
        providers: served.providers(shipped.providers()).into(),
        seatable: Some(SeatableServer { url: served.seatable_url(), page: served.seatable_page() }),
        practice: true,
        keeps: true,
        ..shipped
    }
}
