// An authorization server around the npm package oidc-provider that answers as Google does: paths, consent page,
// when a refresh token is given, texts of errors.
//   PORT           where it listens, on 127.0.0.1
//   PEOPLE         the file of people that Dovecot reads too, ADDRESS:{PLAIN}PASSWORD
//   WEB_REDIRECTS  the redirect addresses of the web client, to the letter
// Control, which is no OAuth:
//   POST /_control {"fail":{"path":"/token","status":503,"body":{…},"times":1}}  the next answers; status 0 cuts
//   POST /_control {"delay":{"path":"/token","ms":5000,"times":1}}
//   POST /_control {"revokeAll":true}   every grant dies;  {"clear":true} forgets faults and the list
//   GET  /_control                      every request seen: method, path, query, form, status
import fs from 'node:fs';
import http from 'node:http';
import { Provider } from 'oidc-provider';

const { PORT, PEOPLE, WEB_REDIRECTS = '' } = process.env;
const ISSUER = `http://127.0.0.1:${PORT}`;
const MAIL = 'https://mail.google.com/';
const PATHS = { authorization: '/o/oauth2/v2/auth', token: '/token', userinfo: '/v1/userinfo', jwks: '/oauth2/v3/certs', revocation: '/revoke', introspection: '/introspect', device_authorization: '/device/code', code_verification: '/device' };

const people = new Map(fs.readFileSync(PEOPLE, 'utf8').split('\n').filter(Boolean).map((line) => line.split(':{PLAIN}')));

// RFC 8252 §7.3: any port of the loopback interface for a desktop client.
const LOOPBACK = ['http://127.0.0.1', 'http://localhost', 'http://[::1]'].flatMap((host) => [host, `${host}/`, `${host}/callback`]);
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';   // RFC 8628; Google gives no mail scope that way
const common = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_post' };
const clients = [
  { ...common, grant_types: [...common.grant_types, DEVICE], client_id: 'desktop.apps.test', client_secret: 'GOCSPX-not-a-secret', application_type: 'native', redirect_uris: LOOPBACK },
  { ...common, client_id: 'web.apps.test', client_secret: 'web-secret', application_type: 'web', redirect_uris: WEB_REDIRECTS.split(' ').filter(Boolean) },
  { client_id: 'dovecot', client_secret: 'dovecot-secret', grant_types: [], response_types: [], redirect_uris: [] },
];

const offline = new Set();    // grants that get a refresh token
const consented = new Set();  // person and client that said yes once
const grants = new Map();     // grant → person and client
const person = new Map();     // interaction → who is signed in

const provider = new Provider(ISSUER, {
  clients,
  routes: PATHS,
  scopes: ['openid', 'offline_access', 'email', 'profile', MAIL, 'https://www.googleapis.com/auth/gmail.send'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  extraParams: ['access_type'],
  findAccount: async (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, email: id, email_verified: true }) }),
  issueRefreshToken: async (_context, client, code) => client.grantTypeAllowed('refresh_token') && offline.has(code.grantId),
  rotateRefreshToken: () => false,
  pkce: { required: () => false },
  ttl: { AccessToken: 3600, RefreshToken: 1209600, AuthorizationCode: 60, Grant: 1209600, Interaction: 3600, IdToken: 3600, Session: 3600 },
  cookies: { keys: ['test'] },
  conformIdTokenClaims: false,   // Google puts the address into the id_token as well
  features: { devInteractions: { enabled: false }, introspection: { enabled: true }, revocation: { enabled: true }, deviceFlow: { enabled: true } },
  interactions: { url: (_context, interaction) => `/signin/${interaction.uid}` },
  // A strange redirect address or client gets a page and never a redirect (RFC 6749 §4.1.2.1).
  renderError: async (context, out) => {
    const code = /redirect_uri/.test(out.error_description || '') ? 'redirect_uri_mismatch' : out.error;
    context.type = 'html';
    context.body = page('Access blocked', `<p>Error ${context.status}: <b id=error>${escape(code)}</b></p>`);
  },
});
provider.on('interaction.started', (context) => person.set(context.oidc.entities.Interaction.uid, context.oidc.account?.accountId));
provider.on('grant.success', (context) => { const grant = context.oidc.entities.Grant; if (grant) grants.set(grant.jti, `${grant.accountId} ${grant.clientId}`); });
provider.on('server_error', (_context, error) => console.error('server_error', error));
const reasons = new WeakMap();
provider.on('grant.error', (context, error) => reasons.set(context.req, error.error_detail || error.message || ''));

// Google's words at the token endpoint.
provider.use(async (context, next) => {
  await next();
  if (context.path !== PATHS.token || !context.body) return;
  const form = context.req.body || {}, reason = reasons.get(context.req) || '', error = context.body.error;
  const answer = (status, code, text) => { context.status = status; context.body = { error: code, error_description: text }; };
  if (error === 'invalid_client') {
    if (!clients.some((client) => client.client_id === form.client_id)) answer(401, 'invalid_client', 'The OAuth client was not found.');
    else if (form.client_secret) answer(401, 'invalid_client', 'The provided client secret is invalid.');
    else answer(400, 'invalid_request', 'client_secret is missing.');
  } else if (error === 'invalid_grant') {
    if (form.grant_type === 'refresh_token') answer(400, 'invalid_grant', 'Token has been expired or revoked.');
    else if (/redirect_uri/.test(reason)) answer(400, 'redirect_uri_mismatch', 'Bad Request');
    else if (/code_verifier/.test(reason)) answer(400, 'invalid_grant', 'Invalid code verifier.');
    else answer(400, 'invalid_grant', 'Bad Request');
  } else if (context.status === 200 && form.grant_type === 'refresh_token') {
    // Google keeps the refresh token and does not say it again.
    delete context.body.refresh_token;
  }
});

const escape = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const page = (title, body) => `<!doctype html><meta charset=utf-8><title>${escape(title)}</title><h1>${escape(title)}</h1>${body}`;
const read = async (request) => { let text = ''; for await (const chunk of request) text += chunk; return text; };

async function signIn(request, response) {
  const details = await provider.interactionDetails(request, response);
  const { uid, prompt, params } = details, who = person.get(uid);
  const show = (html, status = 200) => { response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }); response.end(html); };
  const finish = (result, merge) => provider.interactionFinished(request, response, result, { mergeWithLastSubmission: merge });
  const form = (inner) => `<form method=post action="/signin/${uid}">${inner} <button id=cancel name=cancel value=1 formnovalidate>Cancel</button></form>`;
  const login = (message = '') => page('Sign in', `<p>${escape(message)}</p>` + form(`<input name=login type=email value="${escape(params.login_hint || '')}"><input name=password type=password><button id=next>Next</button>`));
  const missing = [prompt.details.missingOIDCScope || [], ...Object.values(prompt.details.missingResourceScopes || {})].flat();
  if (request.method === 'GET') {
    if (prompt.name === 'login') return show(login());
    const boxes = [...new Set(missing)].filter((scope) => !['openid', 'offline_access'].includes(scope));
    return show(page(`${params.client_id} wants access`, `<p id=who>${escape(who)}</p>` + form(boxes.map((scope) => `<p><label><input type=checkbox name=scope value="${escape(scope)}" checked> ${escape(scope)}</label>`).join('') + '<button id=allow>Allow</button>')));
  }
  const answers = new URLSearchParams(await read(request));
  if (answers.get('cancel')) return finish({ error: 'access_denied' }, false);
  if (prompt.name === 'login') {
    const login_ = answers.get('login');
    if (!people.has(login_) || people.get(login_) !== answers.get('password')) return show(login('Wrong password'), 401);
    return finish({ login: { accountId: login_ } }, false);
  }
  const grant = details.grantId ? await provider.Grant.find(details.grantId) : new provider.Grant({ accountId: who, clientId: params.client_id });
  const ticked = new Set([...answers.getAll('scope'), 'openid', 'offline_access']);
  for (const scope of missing) { if (ticked.has(scope)) grant.addOIDCScope(scope); else grant.rejectOIDCScope(scope); }
  if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
  const grantId = await grant.save(), pair = `${who} ${params.client_id}`;
  // A refresh token only with access_type=offline, and at a second consent only with prompt=consent.
  // A device gets one each time: there is no prompt to ask for it (RFC 8628 §3.1).
  const again = consented.has(pair) && !details.deviceCode && !/\bconsent\b/.test(params.prompt || '');
  if (params.access_type === 'offline' && !again) offline.add(grantId); else offline.delete(grantId);
  consented.add(pair);
  return finish({ consent: { grantId } }, true);
}

async function kill(grantId) {
  for (const model of ['AccessToken', 'RefreshToken', 'AuthorizationCode']) await provider[model].revokeByGrantId(grantId);
  const grant = await provider.Grant.find(grantId);
  if (grant) await grant.destroy();
  consented.delete(grants.get(grantId));
  grants.delete(grantId);
}

// Google lets whoever holds a token kill its grant, without a client's login.
async function revoke(response, form) {
  const token = form.token && (await provider.RefreshToken.find(form.token) || await provider.AccessToken.find(form.token));
  if (token) await kill(token.grantId);
  response.writeHead(token ? 200 : 400, { 'content-type': 'application/json' });
  response.end(JSON.stringify(token ? {} : { error: 'invalid_token', error_description: 'Token expired or revoked' }));
}

const seen = [], oauth = provider.callback();
let faults = [], delays = [];

async function control(request, response) {
  if (request.method === 'POST') {
    const order = JSON.parse(await read(request));
    if (order.fail) faults.push({ times: 1, ...order.fail });
    if (order.delay) delays.push({ times: 1, ...order.delay });
    if (order.revokeAll) for (const grant of [...grants.keys()]) await kill(grant);
    if (order.clear) { faults = []; delays = []; seen.length = 0; }
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(seen));
}

async function handle(request, response) {
  const url = new URL(request.url, ISSUER);
  if (url.pathname === '/_control') return control(request, response);
  const record = { method: request.method, path: url.pathname, query: Object.fromEntries(url.searchParams) };
  if (request.method === 'POST' && !url.pathname.startsWith('/signin/')) {
    request.body = record.form = Object.fromEntries(new URLSearchParams(await read(request)));
  }
  seen.push(record);
  if (seen.length > 1000) seen.shift();
  response.on('finish', () => { record.status = response.statusCode; });
  const delay = delays.find((one) => one.path === url.pathname && one.times-- > 0);
  if (delay) await new Promise((resolve) => setTimeout(resolve, delay.ms));
  const fault = faults.find((one) => one.path === url.pathname && one.times-- > 0);
  if (fault?.status === 0) return request.socket.destroy();
  if (fault) { response.writeHead(fault.status, { 'content-type': fault.type || 'application/json' }); return response.end(typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? {})); }
  if (url.pathname.startsWith('/signin/')) return signIn(request, response);
  if (url.pathname === PATHS.revocation && !request.body?.client_id) return revoke(response, { ...record.query, ...request.body });
  return oauth(request, response);
}

for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
http.createServer((request, response) => handle(request, response).catch((error) => {
  console.error(error);
  if (!response.headersSent) response.writeHead(500);
  response.end();
})).listen(+PORT, '127.0.0.1', () => console.log(`listening on ${ISSUER}`));
