//! One transaction on either database. Both understand `$1` for the first parameter and nearly all of our SQL, so a
//! statement is written once and only the few that differ are written twice.

use jiff::Timestamp;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Postgres, Row as _, Sqlite, Transaction};

use crate::domain::conversation::TransitionError;
use crate::store::StoreError;

/// One open transaction.
pub(crate) enum Session {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Why work inside a transaction stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The work is refused; the caller is told.
    Refused(StoreError),
    /// The database failed; each engine knows what its errors mean.
    Database(sqlx::Error),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<TransitionError> for Failure {
    fn from(error: TransitionError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// One SQL statement in the dialect of each database.
#[derive(Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

impl From<&'static str> for Statement {
    fn from(sql: &'static str) -> Self {
        Self { sqlite: sql, postgres: sql }
    }
}

/// A `SELECT` whose rows stay as they are until the transaction ends. SQLite has one writer at a time anyway.
macro_rules! locking {
    ($($sql:expr),+ $(,)?) => {
        $crate::store::sql::session::Statement {
            sqlite: concat!($($sql),+),
            postgres: concat!($($sql,)+ " FOR NO KEY UPDATE"),
        }
    };
}
pub(crate) use locking;

/// One parameter of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Vec<u8>),
}

/// The parameters of a statement, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::sql::session::Value::from($value)),*] };
}
pub(crate) use params;

macro_rules! values {
    ($($source:ty => |$from:ident| $value:expr;)+) => {$(
        impl From<$source> for Value {
            fn from($from: $source) -> Self {
                $value
            }
        }
    )+};
}

values! {
    i64 => |number| Self::Int(Some(number));
    u32 => |number| Self::Int(Some(i64::from(number)));
    Option<i64> => |number| Self::Int(number);
    Timestamp => |time| Self::Int(Some(time.as_microsecond()));
    Option<Timestamp> => |time| Self::Int(time.map(Timestamp::as_microsecond));
    String => |text| Self::Text(Some(text));
    &str => |text| Self::Text(Some(text.to_owned()));
    &String => |text| Self::Text(Some(text.clone()));
    Option<String> => |text| Self::Text(text);
    Option<&str> => |text| Self::Text(text.map(str::to_owned));
    [u8; 32] => |bytes| Self::Bytes(bytes.to_vec());
}

macro_rules! id_values {
    ($($id:ident),+) => {$(
        impl From<crate::domain::id::$id> for Value {
            fn from(id: crate::domain::id::$id) -> Self {
                Self::Text(Some(id.to_string()))
            }
        }
    )+};
}

id_values!(ContactId, ConversationId, FeedbackId, HandoffId, IdentityId, JobId, MessageId, ChallengeId);

impl Session {
    /// Runs a statement; how many rows it touched.
    pub(crate) async fn execute(
        &mut self,
        statement: impl Into<Statement>,
        params: Vec<Value>,
    ) -> Result<u64, Failure> {
        let statement = statement.into();
        Ok(match self {
            Self::Sqlite(tx) => on_sqlite(statement, params).execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx) => on_postgres(statement, params).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Every row a statement returns.
    pub(crate) async fn all(
        &mut self,
        statement: impl Into<Statement>,
        params: Vec<Value>,
    ) -> Result<Vec<Record>, Failure> {
        let statement = statement.into();
        Ok(match self {
            Self::Sqlite(tx) => {
                let rows = on_sqlite(statement, params).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Record::Sqlite).collect()
            }
            Self::Postgres(tx) => {
                let rows = on_postgres(statement, params).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Record::Postgres).collect()
            }
        })
    }

    /// The first row a statement returns, if it returns any.
    pub(crate) async fn optional(
        &mut self,
        statement: impl Into<Statement>,
        params: Vec<Value>,
    ) -> Result<Option<Record>, Failure> {
        let statement = statement.into();
        Ok(match self {
            Self::Sqlite(tx) => on_sqlite(statement, params).fetch_optional(&mut **tx).await?.map(Record::Sqlite),
            Self::Postgres(tx) => on_postgres(statement, params).fetch_optional(&mut **tx).await?.map(Record::Postgres),
        })
    }

    /// The only row of a statement that always returns one.
    pub(crate) async fn one(&mut self, statement: impl Into<Statement>, params: Vec<Value>) -> Result<Record, Failure> {
        self.optional(statement, params).await?.ok_or(Failure::Database(sqlx::Error::RowNotFound))
    }

    /// Lets no other transaction do `what` until this one ends. On SQLite none can anyway.
    pub(crate) async fn exclude(&mut self, what: &str) -> Result<(), Failure> {
        if let Self::Postgres(_) = self {
            self.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", params![what]).await?;
        }
        Ok(())
    }
}

fn on_sqlite(statement: Statement, params: Vec<Value>) -> Query<'static, Sqlite, SqliteArguments> {
    params.into_iter().fold(sqlx::query(statement.sqlite), |query, value| match value {
        Value::Int(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

fn on_postgres(statement: Statement, params: Vec<Value>) -> Query<'static, Postgres, PgArguments> {
    params.into_iter().fold(sqlx::query(statement.postgres), |query, value| match value {
        Value::Int(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

/// One row.
pub(crate) enum Record {
    /// Of SQLite.
    Sqlite(SqliteRow),
    /// Of PostgreSQL.
    Postgres(PgRow),
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident -> $type:ty;)+) => {
        impl Record {$(
            $(#[$doc])*
            pub(crate) fn $name(&self, column: &str) -> Result<$type, Failure> {
                Ok(match self {
                    Self::Sqlite(row) => row.try_get(column)?,
                    Self::Postgres(row) => row.try_get(column)?,
                })
            }
        )+}
    };
}

getters! {
    /// A number.
    int -> i64;
    /// A number, or `None` where the column holds none.
    opt_int -> Option<i64>;
    /// A text.
    text -> String;
    /// A text, or `None` where the column holds none.
    opt_text -> Option<String>;
    /// Bytes.
    bytes -> Vec<u8>;
}
