//! A storage of one's own: the state in a SQL table that other programs can read, a row replaced in place.
//!
//! All that a host has to write is how rows are put, deleted and read; the contract says whether it got it right.

use longshore::model::{Job, Node, Task, TaskGroup, Time};
use longshore::store::{
    ChangesError, CommitError, Digest, Frame, Index, Limits, LoadError, Loader, RowKind, RowOp, Source, Storage,
    StorageError, UnusedRow,
};
use longshore::{Engine, Options};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS state (kind TEXT, key BLOB, value BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS progress (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL);
    INSERT OR IGNORE INTO progress VALUES (1, 0);
    PRAGMA synchronous = FULL;
";

/// The state of an engine in a SQLite database.
#[derive(Debug)]
struct SqliteStorage {
    database: Connection,
}

impl SqliteStorage {
    fn new(database: Connection) -> rusqlite::Result<SqliteStorage> {
        database.execute_batch(SCHEMA)?;
        Ok(SqliteStorage { database })
    }

    /// Reads every row that is there, and how far they have got, in one transaction: other processes may write meanwhile.
    fn feed(&mut self, into: &mut dyn Loader) -> Result<Result<Index, LoadError>, rusqlite::Error> {
        let read = self.database.transaction()?;
        let mut statement = read.prepare("SELECT kind, key, value FROM state")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (kind, key, value): (String, Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            // A kind of a later version is none of ours.
            let Some(kind) = RowKind::ALL.iter().find(|known| known.as_str() == kind) else { continue };
            if let Err(damaged) = into.row(*kind, &key, &value) {
                return Ok(Err(damaged.into()));
            }
        }
        Ok(Ok(last(&read)?))
    }

    /// A transaction with everything of a frame in it, not yet committed. The index is compared within it: other
    /// processes may write to the same table.
    fn write(
        &mut self,
        expected: Index,
        frame: &Frame,
    ) -> Result<Result<rusqlite::Transaction<'_>, CommitError>, rusqlite::Error> {
        let write = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Err(error) = frame.check(expected, last(&write)?, usize::MAX) {
            return Ok(Err(error));
        }
        {
            let mut put = write.prepare_cached("INSERT OR REPLACE INTO state VALUES (?1, ?2, ?3)")?;
            let mut delete = write.prepare_cached("DELETE FROM state WHERE kind = ?1 AND key = ?2")?;
            for op in frame.rows() {
                match op {
                    RowOp::Put { kind, key, value } => put.execute(params![kind.as_str(), key, value])?,
                    RowOp::Delete { kind, key } => delete.execute(params![kind.as_str(), key])?,
                };
            }
        }
        write.execute("UPDATE progress SET last = ?1", [frame.last_index() as i64])?;
        Ok(Ok(write))
    }
}

/// The last index stored.
fn last(database: &Connection) -> rusqlite::Result<Index> {
    database.query_row("SELECT last FROM progress", [], |row| row.get::<_, i64>(0)).map(|last| last as Index)
}

fn failed(doing: &str, source: impl Into<Source>) -> StorageError {
    StorageError { doing: format!("{doing} the table"), source: source.into() }
}

impl Storage for SqliteStorage {
    fn limits(&self) -> Limits {
        Limits::NONE
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        self.feed(into).map_err(|error| failed("read", error))?
    }

    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        let write = self.write(expected, frame).map_err(|error| CommitError::Failed(error.into()))??;
        write.commit().map_err(|error| CommitError::Unknown(error.into()))
    }

    fn changes_since(&mut self, after: Index, _: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        // Rows say what is, not what was: who is behind loads them.
        match last(&self.database).map_err(|error| failed("read", error))? {
            last if last == after => Ok(last),
            last => Err(ChangesError::Gone { after, checkpoint: last }),
        }
    }

    fn put_chunk(&mut self, _: Index, _: u32, _: &[u8]) -> Result<(), StorageError> {
        Err(failed("put a checkpoint into", "rows in place need none"))
    }

    fn seal(&mut self, at: Index, _: u32, _: Digest) -> Result<(), StorageError> {
        self.put_chunk(at, 0, &[])
    }

    fn forget(&mut self, unused: &[UnusedRow]) -> Result<(), StorageError> {
        // One that another process has put since begins with another checksum, and stays.
        let delete = "DELETE FROM state WHERE kind = ?1 AND key = ?2 AND substr(value, 1, 8) = ?3";
        let forget = |write: rusqlite::Transaction<'_>| {
            for UnusedRow { kind, key, head } in unused {
                write.execute(delete, params![kind.as_str(), key, head])?;
            }
            write.commit()
        };
        self.database.transaction().and_then(forget).map_err(|error| failed("delete from", error))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::temp_dir().join(format!("longshore-{}.sqlite", std::process::id()));
    let open = || -> Result<Engine, Box<dyn std::error::Error>> {
        let storage = SqliteStorage::new(Connection::open(&path)?)?;
        Ok(Engine::open(Box::new(storage), Options::default())?)
    };
    let mut engine = open()?;
    let now = Time::from_secs(1_700_000_000);
    let node = Node::new("node-1").datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(9000).driver("exec");
    engine.register_node(node, now)?;
    let task = Task::new("server").driver("exec").cpu(500).memory_mb(256);
    engine.register_job(Job::service("web").with_group(TaskGroup::new("front").count(3).task(task)), now)?;
    engine.tick(now)?;
    let digest = engine.state().digest();
    drop(engine);

    // Another program looks at the table, and an engine finds what it left.
    let table = Connection::open(&path)?;
    let kinds = "SELECT kind, count(*) FROM state GROUP BY kind ORDER BY kind";
    let mut statement = table.prepare(kinds)?;
    for row in statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))? {
        let (kind, count) = row?;
        writeln(&format!("{count:>4} {kind}"))?;
    }
    let first: Option<i64> = table.query_row("SELECT last FROM progress", [], |row| row.get(0)).optional()?;
    let engine = open()?;
    assert_eq!(engine.state().digest(), digest);
    writeln(&format!("opened again at index {}", first.unwrap_or_default()))?;
    std::fs::remove_file(&path)?;
    Ok(())
}

fn writeln(text: &str) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{text}")
}

#[cfg(test)]
mod tests {
    use longshore::store::State;

    use super::*;

    #[test]
    fn it_keeps_the_contract() {
        longshore::store::contract::run(|| {
            let database = Connection::open_in_memory().expect("memory");
            SqliteStorage::new(database).expect("a table")
        });
    }

    #[test]
    fn two_engines_on_one_table_do_not_overwrite_each_other() {
        let path = std::env::temp_dir().join(format!("longshore-two-{}.sqlite", std::process::id()));
        let open = || SqliteStorage::new(Connection::open(&path).expect("a file")).expect("a table");
        let (mut one, mut other) = (open(), open());
        let mut life = longshore::store::contract::Life::new(1);
        let first = life.frame(1);
        one.commit(0, &first).expect("stored");
        assert!(matches!(other.commit(0, &first), Err(CommitError::Conflict { current: 1, .. })));
        other.commit(1, &life.frame(2)).expect("stored");
        let state = State::load(&mut one).expect("whole");
        assert_eq!(state.digest(), life.state().digest());
        drop((one, other));
        std::fs::remove_file(&path).expect("removed");
    }
}
