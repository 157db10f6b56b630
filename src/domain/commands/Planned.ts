/** Files that a plan will write, as later commands of the same batch or group will see them. */
import type { AssetRoot } from "../Path.ts"
import type { FileSeen } from "../Seen.ts"
import type { Planning } from "./Rule.ts"

/**
 * A manifest as it will be. Its real fingerprint is known when it is written; until then it has one that no other look
 * has, so that a later command recognizes it.
 */
export const plannedFile = (
  { part }: Planning,
  root: AssetRoot,
  bytes: Uint8Array
): Extract<FileSeen, { readonly _tag: "File" }> => ({
  _tag: "File",
  bytes,
  fingerprint: { hash: `planned ${part} ${root}`, size: bytes.length, mtimeMs: 0, inode: "" }
})
