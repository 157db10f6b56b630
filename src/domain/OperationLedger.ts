/**
 * Which operations there were, so that a retry is safe: the same id with the same command is the same operation, and
 * nothing is done twice. Pure; whoever runs the operations keeps the newest ledger.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import type { Command } from "./Command.ts"
import { Cancelled, InvalidCommand, OperationIdConflict, type PackerError, RuntimeClosed } from "./Errors.ts"
import { hashNumber, hashText, HashTrie } from "./HashTrie.ts"
import { type AssetRef, OperationId, type ProjectId } from "./Identity.ts"
import { canonicalJson } from "./JsonValue.ts"
import type { Outcome } from "./Outcome.ts"
import type { Hash } from "./Seen.ts"

/** What is asked of a project that is no command. */
export interface RefreshRequest {
  readonly _tag: "refresh" | "refreshAsset"
  readonly asset?: AssetRef
  readonly onConflict?: "fail" | "keep-file"
}

/** How far an operation is. It can be cancelled until it is `committing`. */
type OperationState =
  | { readonly _tag: "accepted" }
  | { readonly _tag: "committing" }
  | { readonly _tag: "ended"; readonly result: Result.Result<Outcome, PackerError> }

/** One operation: the hash of what was asked for, which is the same for equal requests, and how far it is. */
interface Entry {
  readonly request: string
  readonly state: OperationState
}

/** The operations of one opening: all that have not ended, and the newest of those that have. */
export interface OperationLedger {
  readonly projectId: ProjectId
  /** Closing: what was accepted is finished, nothing new is accepted. */
  readonly closing: boolean
  readonly hash: Hash
  /** How many ended operations are remembered. */
  readonly capacity: number
  readonly operations: HashTrie<string, Entry>
  /** The ended ones that are remembered, by the number of their end. */
  readonly ended: HashTrie<number, OperationId>
  /** How many have ended, and how many of them are forgotten. */
  readonly endings: number
  readonly forgotten: number
}

/** An operation that was accepted, or was known already; then `state` says how far it is. */
export interface Acceptance {
  readonly ledger: OperationLedger
  readonly operationId: OperationId
  /** The hash of what was asked for. */
  readonly request: string
  readonly known: OperationState | undefined
}

/** An operation of an earlier opening that recovery finished. */
export interface Restored {
  readonly operationId: OperationId
  readonly request: string
  readonly outcome: Outcome
}

const encoder = new TextEncoder()
const isOperationId = Schema.is(OperationId)

/** The ledger of an opening without operations. */
export const emptyLedger = (projectId: ProjectId, capacity: number, hash: Hash): OperationLedger => ({
  projectId,
  hash,
  closing: false,
  capacity,
  operations: HashTrie.empty(hashText),
  ended: HashTrie.empty(hashNumber),
  endings: 0,
  forgotten: 0
})

/** The ledger of an opening that finished operations of the one before: a retry of one of them is recognized. */
export const restore = (ledger: OperationLedger, recovered: ReadonlyArray<Restored>): OperationLedger => {
  let { ended, endings, operations } = ledger
  for (const { operationId, outcome, request } of recovered) {
    operations = operations.set(operationId, { request, state: { _tag: "ended", result: Result.succeed(outcome) } })
    ended = ended.set(endings++, operationId)
  }
  return { ...ledger, operations, ended, endings }
}

/** Accepts a command under an id, recognizes a retry, or says why neither. */
export const accept = (
  ledger: OperationLedger,
  id: string,
  asked: Command | RefreshRequest
): Result.Result<Acceptance, InvalidCommand | OperationIdConflict | RuntimeClosed> => {
  if (!isOperationId(id)) {
    const message = "an operation id has 1 to 64 of the characters A-Z, a-z, 0-9, _ and -"
    return Result.fail(new InvalidCommand({ issues: [{ path: "$.operationId", message }] }))
  }
  const request = ledger.hash(encoder.encode(canonicalJson(asked)))
  const known = ledger.operations.get(id)
  if (known !== undefined) {
    return known.request === request
      ? Result.succeed({ ledger, operationId: id, request, known: known.state })
      : Result.fail(new OperationIdConflict({ operationId: id }))
  }
  if (ledger.closing) return Result.fail(new RuntimeClosed({ projectId: ledger.projectId }))
  const operations = ledger.operations.set(id, { request, state: { _tag: "accepted" } })
  return Result.succeed({ ledger: { ...ledger, operations }, operationId: id, request, known: undefined })
}

/** The ledger after an accepted operation entered a commit; the same one if it is no longer waiting. */
export const begin = (ledger: OperationLedger, id: OperationId): OperationLedger => {
  const operation = ledger.operations.get(id)
  if (operation?.state._tag !== "accepted") return ledger
  return { ...ledger, operations: ledger.operations.set(id, { ...operation, state: { _tag: "committing" } }) }
}

/** The ledger after an operation ended; the first end counts. The oldest ended ones are forgotten beyond capacity. */
export const end = (
  ledger: OperationLedger,
  id: OperationId,
  result: Result.Result<Outcome, PackerError>
): OperationLedger => {
  const operation = ledger.operations.get(id)
  if (operation === undefined || operation.state._tag === "ended") return ledger
  let operations = ledger.operations.set(id, { ...operation, state: { _tag: "ended", result } })
  let ended = ledger.ended.set(ledger.endings, id)
  let { forgotten } = ledger
  const endings = ledger.endings + 1
  const oldest = endings - forgotten > ledger.capacity ? ended.get(forgotten) : undefined
  if (oldest !== undefined) {
    operations = operations.remove(oldest)
    ended = ended.remove(forgotten++)
  }
  return { ...ledger, operations, ended, endings, forgotten }
}

/** The end of an operation that is cancelled while it waits; `undefined` for one that has entered a commit, or has ended. */
export const cancel = (ledger: OperationLedger, id: OperationId): Cancelled | undefined =>
  ledger.operations.get(id)?.state._tag === "accepted" ? new Cancelled({ operationId: id }) : undefined

/** The ledger of a project that is closing. */
export const close = (ledger: OperationLedger): OperationLedger => ({ ...ledger, closing: true })
