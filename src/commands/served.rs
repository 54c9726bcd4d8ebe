//! `--practice-servers`: a session whose other side is the practice servers of another process. As in practice mode only
//! what is injected differs, here the provider entries, the certificate and where names lead; folders and stores are the
//! real ones. What may be trusted is checked as anywhere else.

use std::{net::IpAddr, path::Path};

use crate::{
    effects::{discover::Names, files, trust::Trust, world::World},
    flow::knowledge::{Knowledge, SeatableServer},
    practice::{DOMAINS, Served},
};

/// Reads where they are, and trusts their certificate; `None`: it cannot be used.
pub fn read(path: &Path, trust: &mut Trust) -> Option<Served> {
    let served = Served::parse(&std::fs::read_to_string(path).ok()?)?;
    trust.add_file(served.ca_file()).ok()?;
    Some(served)
}

/// An account that has its server elsewhere: with it, a secret of a real account could go to the practice servers, and
/// their certificate would count at its own.
pub fn stranger(world: &World) -> Option<String> {
    let is_here = |host: &str| {
        host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    // What cannot be read names none, and is told by whoever needs it.
    let accounts = files::accounts(world).unwrap_or_default();
    accounts.into_iter().find(|account| !is_here(&account.smtp.host)).map(|account| account.name)
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
