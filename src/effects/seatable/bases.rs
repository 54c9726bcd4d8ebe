//! The bases that somebody sees: `GET /api/v2.1/workspaces/`.

use std::collections::HashMap;

use serde_json::Value;
use ureq::http::Method;

use super::{
    api::{Api, Body},
    words::{name, text},
};
use crate::model::{
    failure::Failure,
    seatable::{Base, Right},
};

/// A base takes about 450 octets in the list; nine thousand of them fit.
const MAX_BODY: u64 = 4 * 1024 * 1024;
/// Folders hold bases, and nobody nests them deeper.
const MAX_DEPTH: usize = 8;

/// Lists the bases of somebody with this internal id.
///
/// # Errors
/// When SeaTable refuses, or its answer is none of SeaTable's.
pub fn list(api: &Api<'_>, own: &str) -> Result<Vec<Base>, Failure> {
    let reply = api.ask(&Method::GET, "/api/v2.1/workspaces/", &Body::None, MAX_BODY)?;
    let workspaces = reply.json.get("workspace_list").and_then(Value::as_array);
    match (reply.status, workspaces) {
        (200, Some(workspaces)) => Ok(sorted(workspaces, own)),
        (401, _) => Err(api.refusal("_token_refused", &reply)),
        _ => Err(api.refused(&reply)),
    }
}

/// The bases of all workspaces, each once: those with the right first, then by workspace and name.
fn sorted(workspaces: &[Value], own: &str) -> Vec<Base> {
    let mut found = Found::default();
    for workspace in workspaces {
        let workspace_name = name(text(workspace, "name"));
        match text(workspace, "type") {
            "personal" => found.add(workspace, "table_list", Right::Admin, &workspace_name),
            "group" => {
                let right = if administers(workspace, own) { Right::Admin } else { Right::Member };
                found.add(workspace, "table_list", right, &workspace_name);
                found.add(workspace, "group_shared_dtables", Right::Shared, &workspace_name);
            }
            "shared" => found.add(workspace, "shared_table_list", Right::Shared, ""),
            // `starred` repeats bases of the others.
            _ => {}
        }
    }
    let mut bases: Vec<_> = found.bases.into_values().collect();
    bases.sort_by_cached_key(|base| {
        let (workspace, name) = (base.workspace.to_lowercase(), base.name.to_lowercase());
        (base.right != Right::Admin, workspace, name, base.uuid.clone())
    });
    bases
}

/// Newer versions say it themselves (seatable-api-python, `accounts.md` of 2025); older ones list who does
/// (seatable/openapi, `listWorkspaces`).
fn administers(group: &Value, own: &str) -> bool {
    let is_own = |person: &Value| !own.is_empty() && person.as_str() == Some(own);
    let admins = group.get("group_admins").and_then(Value::as_array);
    group.get("is_admin") == Some(&Value::Bool(true))
        || group.get("group_owner").is_some_and(is_own)
        || admins.is_some_and(|admins| admins.iter().any(is_own))
}

#[derive(Default)]
struct Found {
    /// By UUID. A base can be seen in several ways; the one with the best right counts.
    bases: HashMap<String, Base>,
}

impl Found {
    /// Adds what is listed in a field of a workspace, and in its folders.
    fn add(&mut self, workspace: &Value, field: &str, right: Right, name: &str) {
        self.add_within(workspace, field, right, name, MAX_DEPTH);
    }

    fn add_within(&mut self, place: &Value, field: &str, right: Right, workspace: &str, depth: usize) {
        for entry in list_in(place, field) {
            self.add_one(entry, right, workspace);
        }
        if depth > 0 && field == "table_list" {
            for folder in list_in(place, "folders") {
                self.add_within(folder, field, right, workspace, depth - 1);
            }
        }
    }

    fn add_one(&mut self, entry: &Value, right: Right, workspace: &str) {
        let uuid = text(entry, "uuid");
        // It becomes part of addresses.
        if uuid.is_empty() || !uuid.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
            return;
        }
        let sharer = name(text(entry, "from_user_name"));
        let base = Base {
            uuid: uuid.to_owned(),
            name: name(text(entry, "name")),
            workspace: if workspace.is_empty() { sharer } else { workspace.to_owned() },
            right,
        };
        let known = self.bases.entry(uuid.to_ascii_lowercase()).or_insert_with(|| base.clone());
        if rank(right) < rank(known.right) {
            *known = base;
        }
    }
}

fn rank(right: Right) -> u8 {
    match right {
        Right::Admin => 0,
        Right::Member => 1,
        Right::Shared => 2,
    }
}

fn list_in<'a>(place: &'a Value, field: &str) -> &'a [Value] {
    place.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(digit: char, name: &str) -> Value {
        json!({"id": 3, "workspace_id": 5, "uuid": uuid(digit), "name": name, "starred": true, "color": null})
    }

    fn uuid(digit: char) -> String {
        format!("{digit}4155cad-ee23-4752-9f56-1773ddc15d92")
    }

    fn listed(workspaces: &Value, own: &str) -> Vec<(char, String, String, Right)> {
        sorted(workspaces.as_array().unwrap(), own)
            .into_iter()
            .map(|base| (base.uuid.chars().next().unwrap(), base.workspace, base.name, base.right))
            .collect()
    }

    fn bases(expected: &[(char, &str, &str, Right)]) -> Vec<(char, String, String, Right)> {
        let owned = |(uuid, workspace, name, right): &(char, &str, &str, Right)| {
            (*uuid, (*workspace).to_owned(), (*name).to_owned(), *right)
        };
        expected.iter().map(owned).collect()
    }

    #[test]
    fn each_base_is_listed_once_with_the_best_right() {
        let mut shared = entry('3', "Given");
        shared["from_user_name"] = json!("Bob\u{1b}");
        let workspaces = json!([
            {"id": "", "name": "starred", "type": "starred", "table_list": [entry('1', "nice"), entry('9', "x")]},
            {"id": "", "name": "shared", "type": "shared", "shared_table_list": [shared, entry('4', "of group")],
             "shared_view_list": [{"name": "no base"}]},
            {"id": 1, "name": "personal", "type": "personal", "table_list": [entry('2', "Orders"), entry('1', "nice")],
             "folders": [{"name": "Old", "table_list": [entry('a', "in folder")],
                          "folders": [{"table_list": [entry('b', "deeper")]}]}]},
            {"id": 5, "name": "alpha", "type": "group", "group_owner": "x@auth.local", "group_admins": ["me@auth.local"],
             "table_list": [entry('4', "of group")], "group_shared_dtables": [entry('5', "lent")]},
            {"id": 6, "name": "Beta", "type": "group", "group_owner": "x@auth.local", "group_admins": ["y@auth.local"],
             "table_list": [entry('6', "B"), entry('7', "a")]},
        ]);
        assert_eq!(
            listed(&workspaces, "me@auth.local"),
            bases(&[
                ('4', "alpha", "of group", Right::Admin),
                ('b', "personal", "deeper", Right::Admin),
                ('a', "personal", "in folder", Right::Admin),
                ('1', "personal", "nice", Right::Admin),
                ('2', "personal", "Orders", Right::Admin),
                ('5', "alpha", "lent", Right::Shared),
                ('7', "Beta", "a", Right::Member),
                ('6', "Beta", "B", Right::Member),
                ('3', "Bob", "Given", Right::Shared),
            ])
        );
    }

    #[test]
    fn who_administers_a_group_is_said_in_three_ways() {
        for (group, right) in [
            (json!({"group_owner": "me", "group_admins": []}), Right::Admin),
            (json!({"group_owner": "x", "group_admins": ["y", "me"]}), Right::Admin),
            (json!({"group_owner": "x", "is_admin": true}), Right::Admin),
            (json!({"group_owner": "x", "is_admin": false}), Right::Member),
            (json!({"group_owner": "", "group_admins": [""]}), Right::Member),
            (json!({}), Right::Member),
        ] {
            let own = if group["group_owner"] == "" { "" } else { "me" };
            let mut workspace = group.clone();
            workspace["type"] = json!("group");
            workspace["name"] = json!("g");
            workspace["table_list"] = json!([entry('1', "b")]);
            assert_eq!(listed(&json!([workspace]), own), bases(&[('1', "g", "b", right)]), "{group}");
        }
    }

    #[test]
    fn what_is_no_base_is_left_out() {
        let odd = json!([
            null,
            7,
            {"type": "personal"},
            {"type": "personal", "table_list": "none"},
            {"type": "personal", "table_list": [{}, {"uuid": 7}, {"uuid": "../../x"}, {"uuid": ""}, null]},
            {"type": "group", "group_admins": 7, "folders": [null, {"folders": {}}]},
            {"type": "unheard of", "table_list": [entry('1', "b")]},
        ]);
        assert_eq!(listed(&odd, "me"), []);
    }

    #[test]
    fn thousands_of_bases_are_sorted_at_once() {
        let entries: Vec<_> = (0..2_000)
            .map(|number| json!({"uuid": format!("{number:08x}-0000"), "name": format!("base {number:04}")}))
            .rev()
            .collect();
        let workspaces = json!([{"type": "personal", "name": "personal", "table_list": entries}]);
        let found = sorted(workspaces.as_array().unwrap(), "me");
        assert_eq!((found.len(), found[7].name.as_str()), (2_000, "base 0007"));
    }
}
