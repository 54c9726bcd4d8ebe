//! What a base's API token opens: the base's own token, and the accounts with all their secrets.

use serde_json::json;

use super::{Seatable, internal_error, sign_in::forbidden, store::Base};
use crate::practice::{
    http::{Form, Request, Response},
    random,
};

impl Seatable {
    /// `GET /api/v2.1/dtable/app-access-token/`: so a program finds out that a token is a base's, and of which one.
    pub(super) fn base_token(&self, request: &Request) -> Result<Response, Response> {
        let base = self.base_by_token(request)?;
        // A JWT in shape only: nothing here takes it.
        let part = |length| random::text(random::URL_SAFE, length).map_err(|_| internal_error());
        let token = format!("eyJ{}.eyJ{}.{}", part(33)?, part(150)?, part(43)?);
        let server = request.header("host").map_or_else(String::new, |host| format!("https://{host}/"));
        Ok(Response::json(
            200,
            &json!({
                "app_name": "practice",
                "access_token": token,
                "dtable_uuid": base.uuid,
                "dtable_server": format!("{server}api-gateway/"),
                "dtable_socket": server,
                "dtable_db": format!("{server}dtable-db/"),
                "workspace_id": base.workspace_id,
                "dtable_name": base.name,
                "use_api_gateway": true,
            }),
        ))
    }

    /// `GET /api/v2.1/dtable/third-party-account/`: an account with all its secrets in clear, as SeaTable tells them
    /// to its Python library.
    pub(super) fn own_account(&self, request: &Request) -> Result<Response, Response> {
        let base = self.base_by_token(request)?;
        let query = Form::parse(request.query.as_bytes());
        let name = query.one("account_name").unwrap_or_default();
        let store = self.lock();
        // SeaTable does not expect a name that it does not know, and breaks.
        let account = store.account_named(&base.uuid, name).ok_or_else(internal_error)?;
        Ok(Response::json(200, &json!({ "account": account.whole() })))
    }

    fn base_by_token(&self, request: &Request) -> Result<Base, Response> {
        let token = self.token(request)?;
        self.lock().base_of_token(&token).cloned().ok_or_else(forbidden)
    }
}
