//! The web page as the service serves it.

use std::{fs, path::Path};

use crate::support::{Server, repository, sha256};

const POLICY: &str = "content-security-policy";

#[test]
fn only_the_addresses_of_the_page_return_its_document() {
    let server = Server::start();
    for path in [
        "/",
        "/jobs",
        "/jobs/abc",
        "/compare",
        "/data/abc",
        "/new",
        "/shared/abc",
    ] {
        let answer = server
            .http
            .get(format!("{}{path}", server.url))
            .send()
            .unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let policy = answer.headers()[POLICY].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(
            answer.text().unwrap().contains("<div id=\"app\">"),
            "{path}"
        );
    }
    for path in ["/api/v1/none", "/none", "/assets/none.js", "/jobs/a/b"] {
        let answer = server
            .http
            .get(format!("{}{path}", server.url))
            .send()
            .unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        let kind = answer.headers()["content-type"].to_str().unwrap();
        assert_eq!(kind, "application/problem+json", "{path}");
    }
}

#[test]
fn a_browser_with_a_mistyped_address_gets_the_page_and_programs_a_problem() {
    let server = Server::start();
    let ask = |path: &str| {
        let request = server.http.get(format!("{}{path}", server.url));
        let accept = "text/html,application/xhtml+xml,*/*;q=0.8";
        request.header("accept", accept).send().unwrap()
    };
    for path in ["/job", "/data/a/b"] {
        let answer = ask(path);
        assert_eq!(answer.status(), 404, "{path}");
        assert!(answer.headers().contains_key(POLICY), "{path}");
        assert!(
            answer.text().unwrap().contains("<div id=\"app\">"),
            "{path}"
        );
    }
    for path in ["/api/v1/none", "/api/none", "/assets/none.js"] {
        let answer = ask(path);
        assert_eq!(answer.status(), 404, "{path}");
        let kind = answer.headers()["content-type"].to_str().unwrap();
        assert_eq!(kind, "application/problem+json", "{path}");
    }
}

#[test]
fn the_script_is_compressed_and_cached_for_ever() {
    let server = Server::start();
    let document = server.http.get(&server.url).send().unwrap().text().unwrap();
    let at = document.find("/assets/").unwrap();
    let script = document[at..].split('"').next().unwrap();
    let url = format!("{}{script}", server.url);
    let request = server.http.get(url).header("accept-encoding", "gzip");
    let answer = request.send().unwrap();
    assert_eq!(answer.status(), 200);
    let headers = answer.headers();
    assert_eq!(headers["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(headers["content-encoding"], "gzip");
    assert_eq!(
        headers["cache-control"],
        "public, max-age=31536000, immutable"
    );
}

/// `web/sources.js` computes the same hash during the build.
#[test]
fn the_committed_build_matches_the_committed_sources() {
    let web = repository().join("web");
    let mut files = Vec::new();
    for source in [
        "../openapi.json",
        "index.html",
        "package-lock.json",
        "package.json",
        "public",
        "src",
        "svelte.config.js",
        "tsconfig.json",
        "vite.config.ts",
    ] {
        collect(&web, source, &mut files);
    }
    files.sort();
    let lines: String = files
        .iter()
        .map(|path| format!("{}  {path}\n", sha256(fs::read(web.join(path)).unwrap())))
        .collect();
    let built = fs::read_to_string(web.join("dist/sources.sha256")).unwrap();
    assert_eq!(
        built.trim(),
        sha256(lines.as_bytes()),
        "run `make web` and commit web/dist"
    );
}

fn collect(web: &Path, path: &str, files: &mut Vec<String>) {
    if path == "src/schema.d.ts" {
        return;
    }
    if !web.join(path).is_dir() {
        files.push(path.to_owned());
        return;
    }
    for entry in fs::read_dir(web.join(path)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        collect(web, &format!("{path}/{name}"), files);
    }
}
