/** `node:sqlite`: entry and manifest in one transaction, with a write-ahead log that is flushed at each commit. */
import * as fs from "node:fs"
import { DatabaseSync } from "node:sqlite"

import { type Peer, timeEach } from "../project/Contender.ts"
import type { Change, Content } from "../project/Content.ts"

/** As many transactions as its log needs to be at its full length, and to have begun again from its start. */
const warmUp = 2000
/** So many of the first transactions all write to the end of a log that still grows. */
const firstLife = 150

/** A database that was used before: its log is recycled. */
export interface WarmSqlite extends Peer {
  /** How many microseconds the first transactions took, while the log still grew. */
  readonly firstLife: ReadonlyArray<number>
  /** How long the log is, in bytes: where it is recycled, it stays as long as it is. */
  readonly logBytes: () => number
}

/** A database with the content of a project, warmed up by so many transactions. */
export const sqlite = async (dir: string, content: Content, transactions = warmUp): Promise<WarmSqlite> => {
  fs.mkdirSync(dir, { recursive: true })
  const path = `${dir}/sqlite.db`
  const db = new DatabaseSync(path)
  db.exec(`
    CREATE TABLE entries (root TEXT PRIMARY KEY, asset_id INTEGER, asset_uuid TEXT, included INTEGER) WITHOUT ROWID;
    CREATE TABLE manifests (root TEXT PRIMARY KEY, content TEXT) WITHOUT ROWID
  `)
  const putEntry = db.prepare("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)")
  const putManifest = db.prepare("INSERT OR REPLACE INTO manifests VALUES (?, ?)")
  const removeEntry = db.prepare("DELETE FROM entries WHERE root = ?")
  const put = ({ entry, manifest }: Change): void => {
    putEntry.run(entry.root, entry.asset_id, entry.asset_uuid, entry.included_in_build ? 1 : 0)
    putManifest.run(entry.root, manifest)
  }
  const transaction = (work: () => void): void => {
    db.exec("BEGIN IMMEDIATE")
    work()
    db.exec("COMMIT")
  }
  transaction(() => {
    for (const change of content.registered) put(change)
    for (const change of content.pool) putManifest.run(change.entry.root, change.manifest)
  })
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  const change = (made: Change): void => transaction(() => put(made))
  const restore = (changes: ReadonlyArray<Change>): void =>
    transaction(() => {
      for (const { entry } of changes) removeEntry.run(entry.root)
    })
  const times: Array<number> = []
  while (times.length < transactions) {
    const some = content.pool.slice(0, transactions - times.length)
    times.push(...await timeEach(some, change))
    restore(some)
  }
  return {
    change,
    restore,
    close: () => db.close(),
    firstLife: times.slice(0, firstLife),
    logBytes: () => fs.statSync(`${path}-wal`).size
  }
}
