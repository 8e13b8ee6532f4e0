//! Chromedriver starts and ends with its owner.

use std::net::TcpStream;

use crosstalk_testkit::{Browser, Chromedriver};

#[tokio::test]
async fn chromedriver_listens_while_it_is_held() {
    let driver = Chromedriver::start().await.expect("chromedriver starts");
    let address = driver.url().replace("http://", "");
    assert!(TcpStream::connect(&address).is_ok());
    drop(driver);
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn each_browser_has_a_profile_of_its_own() {
    let profile = |browser: &Browser| browser.args().find(|arg| arg.starts_with("--user-data-dir="));
    let (one, two) = (Browser::new().expect("Chromium is there"), Browser::new().expect("Chromium is there"));
    assert_ne!(profile(&one), profile(&two));
}
