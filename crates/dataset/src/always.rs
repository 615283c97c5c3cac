//! Methods that say the same whatever they are given, of which a serializer of serde has many.

/// `always! { what is said => its type; method(types of its arguments); ... }`; `<T>` behind a method
/// stands for serde's type parameter, of which the last argument is a reference.
macro_rules! always {
    ($told:expr => $type:ty; $($name:ident($($argument:ty),*);)*) => {
        $(fn $name(self, $(_: $argument),*) -> $type {
            $told
        })*
    };
    ($told:expr => $type:ty; $name:ident<T>($($argument:ty),*);) => {
        fn $name<T: ?Sized + serde::Serialize>(self, $(_: $argument,)* _: &T) -> $type {
            $told
        }
    };
}

pub(crate) use always;
