/** What is kept with a durable change, so that a retry is recognized even after a crash: its command, and its outcome. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

import { Changes } from "./Outcome.ts"
import { Warning } from "./Warning.ts"

/** What is kept with a durable change. */
export const Receipt = Schema.Struct({
  /** The kind of the command. */
  action: Schema.String,
  /** The hash of the request, as the ledger of operations tells requests apart. */
  request: Schema.String,
  changes: Changes,
  warnings: Schema.Array(Warning)
})
/** What is kept with a durable change. */
export type Receipt = typeof Receipt.Type

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Receipt))

/** A receipt as it is kept. */
export const printReceipt = (receipt: Receipt): string => JSON.stringify(receipt)

/** A receipt that was kept; `undefined` if another version of the packer wrote one that this one cannot read. */
export const parseReceipt = (text: string): Receipt | undefined => Option.getOrUndefined(decode(text))
