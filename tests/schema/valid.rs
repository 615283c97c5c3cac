//! Whether a value is valid under a schema, as far as Medley's schemas go: `tests/schema/run.sh` asks
//! Taplo the same of the same files.

use serde_json::Value;

/// The first flaw; none if the value is valid.
pub fn flaw(whole: &Value, schema: &Value, value: &Value, place: &str) -> Option<String> {
    let schema = resolved(whole, schema);
    let Some(parts) = schema.as_object() else {
        return (schema == &Value::Bool(false)).then(|| format!("{place}: nothing may stand here"));
    };
    parts.iter().find_map(|(keyword, rule)| match keyword.as_str() {
        "type" => (!is_of_type(rule, value)).then(|| format!("{place}: {value} is no {rule}")),
        "enum" => {
            (!list(rule).contains(value)).then(|| format!("{place}: {value} is none of {rule}"))
        }
        "minimum" => {
            let least = rule.as_f64();
            (value.as_f64() < least).then(|| format!("{place}: {value} is below {rule}"))
        }
        "minItems" => (value.as_array()?.len() < rule.as_u64()? as usize)
            .then(|| format!("{place}: fewer than {rule} items")),
        "maxItems" => (value.as_array()?.len() > rule.as_u64()? as usize)
            .then(|| format!("{place}: more than {rule} items")),
        "minProperties" => (value.as_object()?.len() < rule.as_u64()? as usize)
            .then(|| format!("{place}: fewer than {rule} keys")),
        "maxProperties" => (value.as_object()?.len() > rule.as_u64()? as usize)
            .then(|| format!("{place}: more than {rule} keys")),
        "items" => {
            let mut items = value.as_array()?.iter();
            items.find_map(|item| flaw(whole, rule, item, &format!("{place}/0")))
        }
        "required" => {
            let absent = |key: &&Value| value.get(key.as_str().unwrap()).is_none();
            let key = list(rule).iter().filter(|_| value.is_object()).find(absent)?;
            Some(format!("{place}: `{}` is missing", key.as_str().unwrap()))
        }
        "properties" => rule
            .as_object()?
            .iter()
            .find_map(|(key, rule)| flaw(whole, rule, value.get(key)?, &format!("{place}/{key}"))),
        "additionalProperties" => value.as_object()?.iter().find_map(|(key, inner)| {
            let is_known = parts.get("properties").is_some_and(|known| known.get(key).is_some());
            match (is_known, rule) {
                (true, _) => None,
                (false, Value::Bool(false)) => Some(format!("{place}: `{key}` is unknown")),
                _ => flaw(whole, rule, inner, &format!("{place}/{key}")),
            }
        }),
        "allOf" => list(rule).iter().find_map(|rule| flaw(whole, rule, value, place)),
        "anyOf" => {
            let fits = |rule: &Value| flaw(whole, rule, value, place).is_none();
            (!list(rule).iter().any(fits)).then(|| format!("{place}: {value} fits none of {rule}"))
        }
        "$schema" | "title" | "description" | "default" | "definitions" => None,
        other => panic!("{other} is not checked"),
    })
}

/// What a reference stands for.
pub fn resolved<'a>(whole: &'a Value, schema: &'a Value) -> &'a Value {
    let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { return schema };
    whole.pointer(reference.trim_start_matches('#')).unwrap()
}

fn list(rule: &Value) -> &[Value] {
    rule.as_array().unwrap()
}

fn is_of_type(rule: &Value, value: &Value) -> bool {
    if let Value::Array(types) = rule {
        return types.iter().any(|kind| is_of_type(kind, value));
    }
    match rule.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("{other} is no type"),
    }
}
