//! The tables: made once, and again without harm.

use server::clock::Clock;
use server::commands::setup;
use server::database;

#[tokio::test]
async fn migrations_and_set_up_are_harmless_twice() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!(
        "sqlite:{}",
        folder.path().join("deep/folder/flow.db").display()
    );
    let mut names = Vec::new();
    for _ in 0..2 {
        let pool = database::open(&url).await.unwrap();
        setup::demo(&pool, &Clock::system(), "harbor-demo", "token", &[])
            .await
            .unwrap();
        let rows: Vec<(String,)> = sqlx::query_as(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        names.push(rows.into_iter().map(|(name,)| name).collect::<Vec<_>>());
        let (people,): (i64,) = sqlx::query_as("select count(*) from person")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(people, 3);
        let (mode,): (String,) = sqlx::query_as("pragma journal_mode")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(mode, "wal");
        pool.close().await;
    }
    assert_eq!(names[0], names[1]);
    insta::assert_snapshot!(names[0].join(" "), @"_sqlx_migrations performed person resource resource_tag run run_wait session session_event store store_catalog turn_lease web_session workflow workflow_version");
}
