//! `GET /api/v2.1/workspaces/`: everything a person sees.

use serde_json::{Map, Value, json};

use super::{
    Seatable,
    store::{Base, OFFICE, Person, Store, Workspace, WorkspaceKind},
};
use crate::{
    model::seatable::Right,
    practice::http::{Form, Request, Response},
};

impl Seatable {
    /// Starred and shared bases first, each as a workspace without number; with `detail=false` no bases.
    pub(super) fn workspaces(&self, request: &Request) -> Result<Response, Response> {
        let person = self.person(request)?;
        let query = Form::parse(request.query.as_bytes());
        let with_bases = query.one("detail") != Some("false");
        let store = self.lock();
        let mut list = vec![starred(&store, &person, with_bases), shared(&store, &person, with_bases)];
        let own =
            store.workspaces.iter().filter_map(|workspace| within(&store, workspace, &person, with_bases));
        list.extend(own);
        Ok(Response::json(200, &json!({ "workspace_list": list })))
    }
}

fn starred(store: &Store, person: &Person, with_bases: bool) -> Value {
    let mut entry = entry(&json!(""), "starred", "starred");
    if with_bases {
        let starred = store.bases.iter().filter(|base| base.starred_by.contains(&person.id));
        entry.insert("table_list".to_owned(), starred.map(table).collect());
    }
    entry.into()
}

fn shared(store: &Store, person: &Person, with_bases: bool) -> Value {
    let mut entry = entry(&json!(""), "shared", "shared");
    if with_bases {
        let shared = store.visible(person).into_iter().filter(|(_, right)| *right == Right::Shared);
        let table = |(base, _): (&Base, Right)| {
            let mut table = table(base);
            table["from_user"] = json!(store.office);
            table["from_user_name"] = json!(OFFICE);
            table["permission"] = json!("rw");
            table
        };
        entry.insert("shared_table_list".to_owned(), shared.map(table).collect());
        entry.insert("shared_view_list".to_owned(), json!([]));
    }
    entry.into()
}

fn within(store: &Store, workspace: &Workspace, person: &Person, with_bases: bool) -> Option<Value> {
    let (id, name) = (json!(workspace.id), workspace.name.as_str());
    let mut entry = match &workspace.kind {
        WorkspaceKind::Personal { owner } if *owner == person.id => entry(&id, name, "personal"),
        WorkspaceKind::Group { group_id, owner, admins, members } if members.contains(&person.id) => {
            let mut entry = entry(&id, name, "group");
            // The owner administers, too, and is a member beside the others.
            let admins: Vec<&String> = std::iter::once(owner).chain(admins).collect();
            entry.insert("group_id".to_owned(), json!(group_id));
            entry.insert("group_owner".to_owned(), json!(owner));
            entry.insert("group_admins".to_owned(), json!(admins));
            entry.insert("group_member_count".to_owned(), json!(members.len() + 1));
            if with_bases {
                entry.insert("group_shared_dtables".to_owned(), json!([]));
                entry.insert("group_shared_views".to_owned(), json!([]));
            }
            entry
        }
        WorkspaceKind::Personal { .. } | WorkspaceKind::Group { .. } => return None,
    };
    if with_bases {
        let bases = store.bases.iter().filter(|base| base.workspace_id == workspace.id);
        entry.insert("table_list".to_owned(), bases.map(table).collect());
    }
    Some(entry.into())
}

fn entry(id: &Value, name: &str, kind: &str) -> Map<String, Value> {
    let entry = json!({ "id": id, "name": name, "type": kind });
    entry.as_object().cloned().unwrap_or_default()
}

fn table(base: &Base) -> Value {
    json!({ "id": base.id, "workspace_id": base.workspace_id, "uuid": base.uuid, "name": base.name })
}
