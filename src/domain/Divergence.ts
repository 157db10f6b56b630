/** Telling that a file was changed behind the packer's back: by content, so that a rewrite of equal bytes is none. */
import type { DiagnosticCode } from "./Diagnostic.ts"
import { type FileState, sameContent, showState } from "./Seen.ts"

/** A manifest or registry that was found changed behind the packer's back. */
export interface Divergence {
  readonly expected: FileState
  readonly found: FileState
  /** When it was noticed, in milliseconds since 1970. */
  readonly noticedAt: number
}

/** The change behind the packer's back between two looks at a file, if there is one. */
export const divergenceBetween = (
  expected: FileState,
  found: FileState,
  noticedAt: number
): Divergence | undefined => sameContent(expected, found) ? undefined : { expected, found, noticedAt }

/** The code for a manifest that was found changed. */
export const divergenceCode = ({ expected, found }: Pick<Divergence, "expected" | "found">): DiagnosticCode => {
  if (found._tag === "Absent") return "divergence/manifest-gone"
  if (found._tag !== "File" && found._tag !== "TooLarge") return "divergence/manifest-replaced"
  return expected._tag === "Absent" ? "divergence/manifest-appeared" : "divergence/manifest-changed"
}

/** What was expected and what is there, in words. */
export const divergenceCause = (
  what: string,
  { expected, found }: Pick<Divergence, "expected" | "found">
): string => {
  if (found._tag === "Absent") return `${what} is gone, ${showState(expected)} was expected`
  if (expected._tag === "Absent") return `${what} is there, nothing was expected`
  return `${what} is another one: ${showState(expected)} was expected, ${showState(found)} is there`
}
