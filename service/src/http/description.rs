//! Completes the description of the API with what holds for every operation, so that no handler need repeat it.

use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// The description as it is served: problems under their own media type, and what may become of any request with a body.
pub fn completed(description: &OpenApi) -> Value {
    let mut description = serde_json::to_value(description).unwrap_or_default();
    let paths = description.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
    for operation in paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let has_body = operation.get("requestBody").is_some();
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { continue };
        responses.values_mut().for_each(name_problem);
        if has_body && let Some(problem) = responses.get("422").cloned() {
            for (status, why) in [("413", "The body is too large"), ("415", "The body is not JSON")] {
                let mut response = problem.clone();
                response["description"] = why.into();
                responses.entry(status).or_insert(response);
            }
        }
    }
    description
}

/// Puts a response that is a problem under the media type of RFC 9457.
fn name_problem(response: &mut Value) {
    let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) else { return };
    let is_problem = content.get(JSON).is_some_and(|media| media["schema"]["$ref"] == "#/components/schemas/Problem");
    if is_problem && let Some(media) = content.remove(JSON) {
        content.insert(PROBLEM.to_owned(), media);
    }
}
