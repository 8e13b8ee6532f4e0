//! The REST bench: the results of its presets, validation while a request is typed, and an explanation of the answer.

use anyhow::Result;
use crosstalk_e2e::{Broker, Console, Page, play};
use thirtyfour::Key;

#[tokio::test]
async fn a_greeting_is_made_once_however_often_it_is_sent() -> Result<()> {
    play("rest-create", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        page.choose("rest-preset-create").await?;
        page.says("rest-body-hint", "a valid NewGreeting").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "201 Created").await?;
        page.says("rest-case", "Created at /api/v1/resource/").await?;
        page.says("rest-case", "does not create a second one").await?;
        page.click("rest-twice").await?;
        page.says("rest-verdict", "sent twice, executed once").await?;
        page.says("rest-case", "you got the first answer again").await?;
        // and without the key
        page.click_css("[data-testid=rest-headers] li:nth-child(3) input[type=checkbox]").await?;
        page.click("rest-twice").await?;
        page.says("rest-verdict", "Two resources were created").await?;

        page.choose("rest-preset-ifchanged").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "304 Not Modified").await?;
        page.says("rest-case", "bytes of body were not sent again").await
    })
    .await
}

#[tokio::test]
async fn an_update_is_lost_without_a_condition_and_refused_with_one() -> Result<()> {
    play("rest-lost-update", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        let page = &stage.page;
        page.open("/rest").await?;
        page.choose("rest-preset-lostupdate").await?;
        page.click("rest-story-run").await?;
        page.says("rest-verdict", "A's update is lost, without an error").await?;
        page.says("rest-body", "Hello, Ada Byron").await?;
        page.says("rest-status", "200").await?;

        page.choose("rest-preset-guard").await?;
        page.click("rest-story-run").await?;
        page.says("rest-verdict", "No update is lost").await?;
        page.says("rest-body", "Hello, Ada Lovelace").await?;
        // the refused call, looked at again from its place in the story
        page.click_css(".story .badge.bad").await?;
        page.says("rest-status", "412").await?;
        page.says("rest-case", "If-Match: \"1-").await?;
        page.says("rest-case", "but the current version is \"2-").await?;
        page.says("problem", "version 2").await
    })
    .await
}

#[tokio::test]
async fn a_body_is_checked_while_it_is_typed_and_the_place_is_shown() -> Result<()> {
    play("rest-body", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        let page = &stage.page;
        page.open("/rest").await?;
        page.choose("rest-preset-broken").await?;
        page.says("rest-body-fault", "Line 2, column 3: the character `A` is not expected here").await?;
        assert_eq!(page.run("return document.querySelector('.req mark').innerText", &[]).await?, "A");
        page.click_css("[data-testid=rest-body-fault] button").await?;
        let chosen = "const area = document.activeElement; return area.value.slice(area.selectionStart)";
        assert_eq!(page.run(chosen, &[]).await?, "Ada}");
        page.click("rest-send").await?;
        page.says("rest-status", "400 Bad Request").await?;
        page.says("rest-case", "line 2, column 3").await?;

        page.fill("rest-request-body", "{\"name\": \"Ada\", \"age\": 36}").await?;
        page.says("rest-body-fault", "/age: there is no such field, only `name`").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "422").await?;
        page.says("rest-case", "at /age").await?;

        page.fill("rest-request-body", "{\"name\": 36}").await?;
        page.says("rest-body-fault", "/name: expected a string, found a number").await?;
        page.fill("rest-path", "api").await?;
        page.says("rest-path-fault", "starts with one slash").await?;
        header(page, "Host", "example.org").await?;
        page.until("the header is explained", "document.querySelector('[data-testid=rest-headers] .error')").await
    })
    .await
}

#[tokio::test]
async fn the_check_of_a_body_agrees_with_the_server() -> Result<()> {
    play("rest-check", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        let page = &stage.page;
        page.open("/rest").await?;
        page.fill("rest-path", "/api/v1/resource").await?;
        page.run(
            "const select = document.querySelector('[data-testid=rest-method]'); select.value = 'POST';
            select.dispatchEvent(new Event('change', { bubbles: true }))",
            &[],
        )
        .await?;
        header(page, "Content-Type", "application/json").await?;
        let long = format!("{{\"name\": \"{}\"}}", "é".repeat(201));
        let large = format!("{{\"name\": \"Ada\"}}{}", " ".repeat(64 * 1024));
        for (body, told, status) in [
            ("{\"name\": \"Ada\"}", "a valid NewGreeting", "201"),
            (&long, "/name: at most 200 characters are allowed, found 201", "422"),
            ("{\"name\": \"A\\tB\"}", "/name: control characters are not allowed", "422"),
            (&large, "65,551 bytes", "413"),
        ] {
            let typed = "const area = document.querySelector('[data-testid=rest-request-body]');
                area.value = arguments[0]; area.dispatchEvent(new Event('input', { bubbles: true }))";
            page.run(typed, &[body.into()]).await?;
            page.says(if status == "201" { "rest-body-hint" } else { "rest-body-fault" }, told).await?;
            page.click("rest-send").await?;
            page.says("rest-status", status).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_edited_request_is_offered_a_new_idempotency_key() -> Result<()> {
    play("rest-new-key", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        page.choose("rest-preset-create").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "201 Created").await?;
        let first = page.run(KEY, &[]).await?;
        page.fill("rest-request-body", "{\"name\": \"Grace\"}").await?;
        page.says("rest-key-reused", "The server will answer 422").await?;
        page.click("rest-key-new").await?;
        page.until("the note is gone", "!document.querySelector('[data-testid=rest-key-reused]')").await?;
        assert_ne!(page.run(KEY, &[]).await?, first);
        page.click("rest-send").await?;
        page.says("rest-body", "Hello, Grace").await?;
        page.says("rest-status", "201 Created").await
    })
    .await
}

#[tokio::test]
async fn head_is_explained_as_header_fields_and_json_is_formatted() -> Result<()> {
    play("rest-head", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        page.run(
            "const select = document.querySelector('[data-testid=rest-method]'); select.value = 'HEAD';
            select.dispatchEvent(new Event('change', { bubbles: true }))",
            &[],
        )
        .await?;
        page.click("rest-send").await?;
        page.says("rest-case", "the header fields that GET would answer with, without the body").await?;

        page.choose("rest-preset-create").await?;
        page.fill("rest-request-body", "{\"name\":\"Ada\"}").await?;
        page.click("rest-format-json").await?;
        let body = page.run("return document.querySelector('[data-testid=rest-request-body]').value", &[]).await?;
        assert_eq!(body, "{\n  \"name\": \"Ada\"\n}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_rows_of_the_query_and_the_path_keep_in_step() -> Result<()> {
    play("rest-query", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        page.fill("rest-path", "/api/v1/resource?name=Grace%20Hopper&x=1").await?;
        let row = |name: &str| format!("[data-testid=rest-query] li:nth-child(1) input{name}");
        let value = format!("document.querySelector({:?}).value === 'Grace Hopper'", row("[placeholder=value]"));
        page.until("the row has the value", &value).await?;
        let field = page.find_css(&row("[placeholder=value]")).await?;
        field.send_keys(Key::End + " & Co").await?;
        page.until("the path follows", &path("/api/v1/resource?name=Grace%20Hopper%20%26%20Co&x=1")).await?;
        page.click_css("[data-testid=rest-query] li:nth-child(2) input[type=checkbox]").await?;
        page.until("what is not checked is not sent", &path("/api/v1/resource?name=Grace%20Hopper%20%26%20Co")).await?;
        page.click("rest-send").await?;
        page.says("rest-body", "Hello, Grace Hopper & Co").await
    })
    .await
}

#[tokio::test]
async fn the_same_greeting_in_protobuf_and_its_times() -> Result<()> {
    play("rest-protobuf", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        page.choose("rest-preset-protobuf").await?;
        page.says("rest-body-hint", "5 B, HelloRequest Ada").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "201").await?;
        page.says("rest-body", "message: \"Hello, Ada\"").await?;
        tab(page, 4).await?;
        page.says("rest-body", "0000 0a 0a 48 65 6c 6c 6f").await?;
        tab(page, 3).await?;
        page.says("timing", "first byte back").await?;
        page.says("timing", "store insert").await?;
        page.fill("rest-request-body", "0a 0x").await?;
        page.says("rest-body-fault", "“x” is not a hexadecimal digit").await
    })
    .await
}

/// The idempotency key in the editor.
const KEY: &str =
    "return document.querySelector('[data-testid=rest-headers] li:nth-child(3) input[placeholder=value]').value";

/// Chooses a form of the answer, by script: where it scrolls to is beneath the header that stays.
async fn tab(page: &Page, at: usize) -> Result<()> {
    page.run(&format!("document.getElementById('ans-{at}').click()"), &[]).await?;
    Ok(())
}

fn path(expected: &str) -> String {
    format!("document.querySelector('[data-testid=rest-path]').value === '{expected}'")
}

/// Fills the blank row of the editor of headers.
async fn header(page: &Page, name: &str, value: &str) -> Result<()> {
    let rows = "[data-testid=rest-headers] li";
    page.find_css(&format!("{rows}:last-child input[placeholder=name]")).await?.send_keys(name).await?;
    let field = page.find_css(&format!("{rows}:nth-last-child(2) input[placeholder=value]")).await?;
    Ok(field.send_keys(value).await?)
}
