//! [`ClientImport`]: the downloaded client file is read and examined before any browser opens.

use super::{
    answers::{Answers, Source},
    effect::{Effect, OrderId, Outcome},
    field,
    orders::Orders,
    validate::Remark,
};
use crate::model::{
    client::{Client, ClientFileError, ClientKind},
    failure::Failure,
    redirect::RedirectForm,
};

/// The step `client`.
#[derive(Debug, Default, PartialEq)]
pub enum ClientImport {
    /// Nothing was read: ID and secret are typed, or the path is being typed.
    #[default]
    Waiting,
    /// The file is being read.
    Reading {
        /// The order.
        order: OrderId,
        /// The path as it was answered.
        path: String,
    },
    /// It was read; ID, secret and kind are answers now.
    Read {
        /// The path as it was answered.
        path: String,
        /// What the file lists.
        redirect_uris: Vec<String>,
        /// Web or desktop.
        kind: ClientKind,
    },
    /// The file cannot be read.
    Unreadable {
        /// The path as it was answered.
        path: String,
        /// Why.
        failure: Failure,
    },
    /// The file is something else.
    Unusable {
        /// The path as it was answered.
        path: String,
        /// What it is instead, or what it lacks.
        error: ClientFileError,
    },
}

impl ClientImport {
    /// Reads the file.
    pub fn begin(answered: &str, plain: String, orders: &mut Orders) -> Self {
        let order = orders.run(Effect::ReadFile { path: plain });
        Self::Reading { order, path: answered.to_owned() }
    }

    /// The answer came; what is in the file becomes answers.
    pub fn finished(&mut self, id: OrderId, outcome: Outcome, answers: &mut Answers) {
        let Self::Reading { order, path } = self else {
            return;
        };
        if id != *order {
            return;
        }
        let path = std::mem::take(path);
        *self = match outcome {
            Outcome::FileRead(Ok(text)) => Self::of_content(path, text.expose(), answers),
            Outcome::FileRead(Err(failure)) | Outcome::Panicked(failure) => {
                Self::Unreadable { path, failure }
            }
            _ => Self::Waiting,
        };
    }

    /// What stands in a file; its client becomes answers. `path`: how the file was answered, nothing where somebody pasted
    /// what is in it.
    pub fn of_content(path: String, content: &str, answers: &mut Answers) -> Self {
        match Client::parse_file(content) {
            Ok(client) => {
                let secret = client.secret.clone().unwrap_or_default();
                answers.set(field::CLIENT_ID, client.id, Source::File);
                answers.set(field::CLIENT_SECRET, secret, Source::File);
                answers.set(field::CLIENT_KIND, client.kind.id(), Source::File);
                Self::Read { path, redirect_uris: client.redirect_uris, kind: client.kind }
            }
            Err(error) => Self::Unusable { path, error },
        }
    }

    /// True for what may stand in a file, and is no path.
    #[must_use]
    pub fn is_content(pasted: &str) -> bool {
        pasted.trim_start_matches('\u{feff}').trim_start().starts_with('{')
    }

    /// True when the file of that answer was read and understood.
    #[must_use]
    pub fn has_read(&self, answered: &str) -> bool {
        matches!(self, Self::Read { path, .. } if path == answered)
    }

    /// What is pending.
    #[must_use]
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::Reading { order, .. } => Some(*order),
            _ => None,
        }
    }

    /// What is wrong with the client of the file: a web client in which a redirect address is not registered ends on
    /// a page of the provider from which nothing comes back, and SeaTable cannot use a desktop client. `own` and
    /// `seatable` are the addresses that must be there.
    #[must_use]
    pub fn remark(&self, own: Option<&str>, seatable: Option<&str>) -> Option<Remark> {
        let Self::Read { redirect_uris, kind, .. } = self else {
            return None;
        };
        if *kind == ClientKind::Desktop {
            return seatable.map(|_| Remark::new("invalid.client-file.desktop"));
        }
        let needed = [own, seatable].into_iter().flatten();
        let missing: Vec<&str> =
            needed.filter(|needed| redirect_uris.iter().all(|uri| uri != needed)).collect();
        let remark = || Remark::new("invalid.client-file.redirect").with("redirect", missing.join(" "));
        (!missing.is_empty()).then(remark)
    }

    /// The port of a redirect address of ours that the file lists: it is taken instead of the usual one.
    #[must_use]
    pub fn listed_port(&self, form: &RedirectForm) -> Option<u16> {
        let Self::Read { redirect_uris, kind: ClientKind::Web, .. } = self else {
            return None;
        };
        redirect_uris.iter().find_map(|uri| form.port_of(uri))
    }
}
