//! All routes in one list, from which the OpenAPI document is generated.

use std::{any::Any, sync::Arc};

use api::paths;
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    access,
    answering::Chat,
    batch, chat, common_openapi, datasets, doors, drain, estimate, events, file, health, hosts,
    idempotency, identity,
    internal::Internal,
    jobs, limits, mcp, methods, methods_openapi, origins, page, pretty,
    problem::{self, ProblemResponse},
    problem_pages, request_context, results, screens, session, shared, shared_openapi, slow,
    state::AppState,
    summary, visualizations,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "service-datamonkey",
        description = "Comparative analysis of sequence alignments with HyPhy: upload an \
            alignment and a tree, start an analysis, watch it run, read the result. Compatible \
            with the published api-datamonkey.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/api/v1")),
    // The contents of an event stream. No operation returns this type directly.
    components(schemas(api::JobEvent)),
    tags(
        (name = "Health", description = "Whether the service can be used"),
        (name = "Datasets", description = "Uploading alignments and trees"),
        (name = "Sessions", description = "Sessions that own data"),
        (name = "Jobs", description = "Waiting, running and finished analyses"),
        (name = "Screens", description = "The usual set of analyses of an alignment, started by one request"),
        (name = "Shared", description = "Jobs that their owners have shared, for anyone with the link"),
        (name = "Visualizations", description = "Figures of results that clients have stored"),
        (name = "Chat", description = "Conversations with an assistant that uses this API"),
        (name = "Methods", description = "The analyses that this server offers: starting them and reading their results"),
    ),
)]
struct Document;

fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(health::health))
        .routes(routes!(limits::get))
        .routes(routes!(methods::list))
        .routes(routes!(methods::suitability))
        .routes(routes!(methods::genetic_codes))
        .routes(routes!(datasets::list, datasets::upload))
        .routes(routes!(datasets::get, datasets::name, datasets::delete))
        .routes(routes!(datasets::report))
        .routes(routes!(datasets::alignment))
        .routes(routes!(datasets::trees))
        .routes(routes!(datasets::infer_tree))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::get, jobs::name, jobs::delete))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::deliveries))
        .routes(routes!(batch::states))
        .routes(routes!(batch::start))
        .routes(routes!(events::job_events))
        .routes(routes!(events::all_events))
        .routes(routes!(results::file))
        .routes(routes!(results::trees))
        .routes(routes!(results::partitions))
        .routes(routes!(results::fit))
        .routes(routes!(results::ro_crate))
        .routes(routes!(results::log))
        .routes(routes!(summary::summary))
        .routes(routes!(estimate::estimate))
        .routes(routes!(estimate::result))
        .routes(routes!(estimate::trees))
        .routes(routes!(screens::list, screens::create))
        .routes(routes!(screens::get, screens::name, screens::delete))
        .routes(routes!(screens::report))
        .routes(routes!(shared::share, shared::withdraw))
        .routes(routes!(visualizations::list, visualizations::create))
        .routes(routes!(
            visualizations::get,
            visualizations::update,
            visualizations::delete
        ))
        .routes(routes!(chat::list, chat::create))
        .routes(routes!(chat::get, chat::delete))
        .routes(routes!(chat::messages, chat::send))
        .routes(routes!(session::get, session::begin, session::end))
}

/// Returns the OpenAPI document of the service.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = documented().into_openapi();
    doors::add(&mut document);
    methods_openapi::add(&mut document);
    shared_openapi::add(&mut document);
    common_openapi::add(&mut document);
    document
}

/// All operations of the API.
fn operations() -> Router<AppState> {
    let (api, _) = documented().split_for_parts();
    let mut api = api
        .route(paths::SHARED, get(jobs::get))
        .route(paths::SHARED_RESULT, get(results::file))
        .route(paths::SHARED_SUMMARY, get(summary::summary))
        .route(paths::SHARED_TREES, get(results::trees))
        .route(paths::SHARED_ESTIMATE, get(estimate::estimate))
        .route(paths::SHARED_ESTIMATE_RESULT, get(estimate::result))
        .route(paths::SHARED_ESTIMATE_TREES, get(estimate::trees))
        .route(paths::SHARED_LOG, get(results::log));
    for analysis in hyphy::methods::ALL {
        api = api
            .route(
                &paths::start(analysis.id),
                post(move |shared, query, body| methods::start(analysis, shared, query, body)),
            )
            .route(
                &paths::result(analysis.id),
                get(move |shared, owner, query| results::by_id(analysis, shared, owner, query))
                    .post(move |shared, body| results::by_request(analysis, shared, body)),
            );
    }
    api
}

/// The operations without the outer doors, for requests that an assistant makes: they involve no connection, rate or
/// origin.
fn internal(state: AppState) -> Internal {
    let router = Router::new()
        .nest(paths::BASE, operations())
        .layer(middleware::from_fn(access::log))
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(state);
    Internal(router)
}

/// Returns the router with all routes.
pub(crate) fn router(mut state: AppState) -> Router {
    let internal = internal(state.clone());
    let document = serde_json::to_value(openapi()).unwrap_or_default();
    let chat = state.config().chat.clone();
    let chat = chat.and_then(|chat| Chat::new(&chat, &document, internal.clone()));
    state.chat = chat.map(Arc::new);
    let replay = middleware::from_fn_with_state(state.clone(), idempotency::replay_repeated);
    let mut api = operations().layer(replay);
    let (doors, _) = doors::documented().split_for_parts();
    let mut doors = doors.layer(doors::uncached());
    let mut mcp = mcp::routes(&state, &document, internal);
    if let Some(governor) = limits::governor(&state.config().quotas) {
        api = api.layer(governor.clone());
        mcp = mcp.layer(governor.clone());
        doors = doors.layer(governor);
    }
    let pace = middleware::from_fn_with_state(state.clone(), slow::cut_off);
    let api = api
        .layer(middleware::from_fn(identity::offer_token))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            // Responses are private to their owner, and may have changed.
            HeaderValue::from_static("private, no-cache"),
        ))
        .layer(pace.clone())
        .layer(middleware::from_fn(drain::drain));
    Router::new()
        .nest(paths::BASE, api)
        .merge(mcp.layer(pace))
        .merge(doors)
        .merge(reference())
        .route("/docs/problems/{slug}", get(problem_pages::page))
        .merge(page::routes())
        .fallback(problem::no_such_path)
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(middleware::from_fn_with_state(
            state.clone(),
            origins::guard,
        ))
        .layer(middleware::from_fn_with_state(state.clone(), hosts::guard))
        .layer(middleware::from_fn(pretty::pretty_print))
        .layer(CompressionLayer::new())
        .layer(middleware::map_response(file::weaken))
        .layer(origins::cors(&state.config().web.cors_origins))
        .layer(middleware::map_response(harden))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(access::log))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(request_context::span)
                // The line of `access` says all of this at once.
                .on_response(())
                .on_failure(()),
        )
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(middleware::map_request(request_context::drop_malformed_id))
        .with_state(state)
}

/// The reference page and the document that it shows.
fn reference() -> Router<AppState> {
    let page: Router<AppState> = SwaggerUi::new("/docs")
        .url("/openapi.json", openapi())
        .into();
    page.layer(middleware::from_fn(
        async |request: Request, next: middleware::Next| {
            let uri = request.uri().clone();
            let response = next.run(request).await;
            // It would return a plain text.
            if response.status() == StatusCode::NOT_FOUND {
                return problem::no_such_path(uri).await;
            }
            response
        },
    ))
}

async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let cause = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("unknown cause");
    ProblemResponse::from(anyhow::anyhow!("panic: {cause}")).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// Routes that are missing from the document are not tested against it, so every route must be
    /// in it.
    #[test]
    fn the_router_and_the_document_have_the_same_paths() {
        let paths = |router: axum::Router<crate::state::AppState>| -> BTreeSet<String> {
            let text = format!("{router:?}");
            let quoted = text.split('"').skip(1).step_by(2);
            let paths = quoted.filter(|text| text.starts_with('/'));
            paths.map(str::to_owned).collect()
        };
        // A router without any route has these, too.
        let own = paths(axum::Router::new());
        let doors = super::doors::documented().split_for_parts().0;
        let routed: BTreeSet<_> = &paths(super::operations().merge(doors)) - &own;
        let document = super::openapi();
        let documented: BTreeSet<_> = document.paths.paths.keys().cloned().collect();
        assert!(documented.len() > 50, "{documented:?}");
        assert_eq!(routed, documented);
    }
}
