//! Who is calling, and whether they may.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::{header, request::Parts};
use utoipa::Modify;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

use super::error::ApiError;
use crate::app::App;
use crate::domain::channel::Channel;
use crate::domain::contact::Verification;
use crate::keys::Scope;

/// A caller whose key has the scope `S`.
#[derive(Debug)]
pub struct Caller<S> {
    /// The key's name.
    pub name: String,
    vouches_for: Vec<Channel>,
    scope: PhantomData<S>,
}

/// A scope as a type, so that a handler's signature says what it demands.
pub trait Demand {
    /// The scope.
    const SCOPE: Scope;
}

macro_rules! demands {
    ($($(#[$doc:meta])* $name:ident = $scope:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;

        impl Demand for $name {
            const SCOPE: Scope = $scope;
        }
    )+};
}

demands! {
    /// May bring messages in.
    Messages = Scope::Messages;
    /// May ask for a triage.
    Triage = Scope::Triage;
    /// May read conversations and speak.
    Agent = Scope::Agent;
    /// May do everything.
    Admin = Scope::Admin;
}

impl<S> Caller<S> {
    /// How well it is known that a message this caller brings comes from the address it names: a caller says so, and
    /// that is believed of the channels it was set up to check senders on.
    pub fn vouches_for(&self, channel: Channel) -> Verification {
        if self.vouches_for.contains(&channel) { Verification::Channel } else { Verification::Claimed }
    }
}

impl<S: Demand> FromRequestParts<Arc<App>> for Caller<S> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let secret = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(ApiError::Unauthorized)?;
        let key = app.keys.find(secret.trim()).ok_or(ApiError::Unauthorized)?;
        if key.may(S::SCOPE) {
            Ok(Self { name: key.name.clone(), vouches_for: key.vouches_for.clone(), scope: PhantomData })
        } else {
            Err(ApiError::Forbidden(S::SCOPE.name()))
        }
    }
}

/// Describes the key in `/openapi.json`.
pub struct BearerScheme;

impl Modify for BearerScheme {
    fn modify(&self, openapi: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key with the scope that the operation names."))
            .build();
        openapi.components.get_or_insert_default().add_security_scheme("key", SecurityScheme::Http(scheme));
    }
}
