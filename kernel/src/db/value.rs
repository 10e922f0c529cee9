//! Values and rows, the same for both databases.

use std::error::Error as StdError;

use jiff::{Timestamp, civil::Date};
use postgres_types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};

use super::DbError;
use crate::Id;

/// A value bound to or read from a statement. A null carries no type: the statement's own types decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    Bool(bool),
    Bytes(Vec<u8>),
}

macro_rules! from {
    ($($type:ty => |$value:ident| $made:expr),* $(,)?) => { $(impl From<$type> for Value { fn from($value: $type) -> Self { $made } })* };
}

from! {
    i64 => |n| Self::Int(n),
    i32 => |n| Self::Int(n.into()),
    u32 => |n| Self::Int(n.into()),
    usize => |n| Self::Int(i64::try_from(n).unwrap_or(i64::MAX)),
    bool => |b| Self::Bool(b),
    String => |text| Self::Text(text),
    &str => |text| Self::Text(text.to_owned()),
    &String => |text| Self::Text(text.clone()),
    Vec<u8> => |bytes| Self::Bytes(bytes),
    &[u8] => |bytes| Self::Bytes(bytes.to_vec()),
    Id => |id| Self::Bytes(id.bytes().to_vec()),
    &Id => |id| Self::Bytes(id.bytes().to_vec()),
    Timestamp => |at| Self::Int(at.as_microsecond()),
    Date => |date| Self::Text(date.to_string()),
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(n) if *ty == Type::BOOL => (*n != 0).to_sql(ty, out),
            Self::Int(n) if *ty == Type::INT4 => i32::try_from(*n)?.to_sql(ty, out),
            Self::Int(n) if *ty == Type::INT8 => n.to_sql(ty, out),
            Self::Text(text) if matches!(*ty, Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN) => text.to_sql(ty, out),
            Self::Bool(b) if *ty == Type::BOOL => b.to_sql(ty, out),
            Self::Bytes(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            other => Err(format!("{other:?} does not fit a parameter of type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A row as it was read; columns are counted from 0.
#[derive(Debug, Clone)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// The value of column `index`.
    ///
    /// # Errors
    /// [`DbError::Broken`] when there is no such column or it holds another type.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T, DbError> {
        let value = self.0.get(index).ok_or_else(|| DbError::Broken(format!("the row has no column {index}")))?;
        T::from_value(value).ok_or_else(|| DbError::Broken(format!("column {index} is not a {}", std::any::type_name::<T>())))
    }

    /// The stored values.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.0
    }
}

/// What a column may be read as.
pub trait FromValue: Sized {
    /// The value, unless it is of another kind.
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! read {
    ($($type:ty => $pattern:pat => $made:expr),* $(,)?) => {
        $(impl FromValue for $type { fn from_value(value: &Value) -> Option<Self> { match value { $pattern => $made, _ => None } } })*
    };
}

read! {
    i64 => Value::Int(n) => Some(*n),
    String => Value::Text(text) => Some(text.clone()),
    Vec<u8> => Value::Bytes(bytes) => Some(bytes.clone()),
    Id => Value::Bytes(bytes) => Id::try_from(bytes.as_slice()).ok(),
    Timestamp => Value::Int(micros) => Timestamp::from_microsecond(*micros).ok(),
    Date => Value::Text(text) => text.parse().ok(),
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(b) => Some(*b),
            Value::Int(n) => Some(*n != 0),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

/// The parameters of a statement, each converted by `Value::from`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}

/// The columns of an audited write: `cols! { "name" => value, … }`.
#[macro_export]
macro_rules! cols {
    ($($name:expr => $value:expr),* $(,)?) => { [$(($name, $crate::Value::from($value))),*] };
}
