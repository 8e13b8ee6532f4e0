//! The page of components: each in its states, in both themes at once, and the interactive ones work.

use anyhow::{Result, ensure};
use crosstalk_e2e::{Broker, play};
use serde_json::json;
use thirtyfour::Key;

#[tokio::test]
async fn every_component_is_shown_and_tried_out() -> Result<()> {
    play("design", Broker::absent(), async |stage| {
        let page = &stage.page;
        for (language, names) in [
            ("en", ["Split pane", "Tabs", "Key-value editor", "Dialog", "Toast", "Virtual list", "Sparkline"]),
            ("zh", ["分栏", "标签页", "键值编辑器", "对话框", "轻提示", "虚拟列表", "走势线"]),
        ] {
            page.open(&format!("/design?lang={language}")).await?;
            for name in names {
                page.says("sheet-live", name).await?;
            }
            // what needs no program is there in both themes, whatever the visitor's is
            let grounds = "return ['light', 'dark'].map(theme =>
                getComputedStyle(document.querySelector(`[data-testid=sheet-${theme}]`)).backgroundColor)";
            let grounds = page.run(grounds, &[]).await?;
            ensure!(grounds[0] != grounds[1], "both themes have the ground {grounds}");
            let ids = "const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
                return ids.filter((id, at) => ids.indexOf(id) !== at)";
            ensure!(page.run(ids, &[]).await? == json!([]), "an id is there twice");
        }
        page.click("design-tell").await?;
        page.says("toast-sample", "这里是说明文字").await?;
        page.click("design-open").await?;
        page.says("design-dialog", "组件").await?;
        page.driver().action_chain().send_keys(Key::Escape).perform().await?;
        page.until("it is closed", "!document.querySelector('[data-testid=design-dialog]').open").await?;
        let rows = "document.querySelector('[data-testid=design-list]').getAttribute('aria-rowcount') === '10001' \
                    && document.querySelectorAll('[data-testid=design-list] tr').length < 60";
        page.until("the list is long and the document is not", rows).await
    })
    .await
}
